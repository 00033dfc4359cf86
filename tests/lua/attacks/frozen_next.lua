for key in next, string do string[key] = nil end
local real
for key, value in pairs(string) do real = value end
assert(real)
string.evil = real
