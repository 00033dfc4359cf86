local mt = { __gc = function() while true do end end }
keep = setmetatable({}, mt)
