setmetatable({}, { __gc = function() for _ = 1, 3e8 do end end })
