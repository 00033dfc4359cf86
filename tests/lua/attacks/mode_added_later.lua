local mt = {}
local object = setmetatable({}, mt)
mt.__mode = "k"
mt.__gc = function() while true do end end
object = nil
for _ = 1, 100000 do local _ = {} end
error("as it should be")
