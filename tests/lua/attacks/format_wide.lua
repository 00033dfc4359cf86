local t, r = {}, {}
for i = 1, 150 do t[i] = "%99.99f" r[i] = 1e308 end
assert(#string.format(table.concat(t), table.unpack(r)) > 10000)
error("as it should be")
