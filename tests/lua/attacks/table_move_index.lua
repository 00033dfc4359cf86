table.move(setmetatable({}, { __index = function() return nil end }), 1, 1 << 60, 2)
