local function grow() while true do spawn(grow) end end
grow()
