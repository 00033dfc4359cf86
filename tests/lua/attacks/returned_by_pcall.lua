-- false and an object whose text never comes: neither is data, and nobody asks for it.
return select(2, pcall(error, setmetatable({}, {
  __tostring = function() while true do end end,
  __index = function() while true do end end,
  __len = function() while true do end end,
}))), error("as it should be")
