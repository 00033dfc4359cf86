-- The host must not print it.
error(setmetatable({}, { __tostring = function() while true do end end }))
