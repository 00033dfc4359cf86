-- A weak metatable whose __newindex an emergency collection could take.
local mt = setmetatable({ __newindex = {} }, { __mode = "v" })
