setmetatable(string, { __index = function() return "pwned" end })
