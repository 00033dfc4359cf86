assert(getmetatable("") == nil)
getmetatable("").__index = function() return function() return "pwned" end end
