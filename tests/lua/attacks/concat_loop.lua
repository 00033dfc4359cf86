local t = {}
for i = 1, 20 do t[i] = ("x"):rep(1 << 20) end
while true do pcall(table.concat, t) end
