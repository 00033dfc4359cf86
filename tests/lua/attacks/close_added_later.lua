-- A metatable is copied when it is set: what is added later has no effect.
local closed = false
local mt = {}
local object = setmetatable({}, mt)
mt.__close = function() closed = true end
local ok = pcall(function() local x <close> = object end)
assert(not ok and not closed)
error("as it should be")
