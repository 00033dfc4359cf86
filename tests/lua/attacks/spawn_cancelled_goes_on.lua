-- The loser of a race does not stop by itself.
local function busy() while true do pcall(function() while true do end end) end end
race(spawn(function() return 1 end), spawn(busy))
join(spawn(busy))
