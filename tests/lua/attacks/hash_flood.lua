local t = {}
for i = 1, 2e5 do t[i * 2 ^ -1074 * 2 ^ 52] = 1 end
error("as it should be")
