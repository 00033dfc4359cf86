-- A hook that removes itself before it raises would let this run for ever.
pcall(function() while true do end end)
local n = 0
while true do n = n + 1 end
