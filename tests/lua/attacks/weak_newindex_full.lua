-- Memory at its limit, then many tables whose metatable could be collected meanwhile.
local kept = {}
pcall(function() while true do kept[#kept + 1] = ("x"):rep(100000) .. #kept end end)
for i = 1, 100 do kept[i] = nil end
for i = 1, 3000 do
  local meta = setmetatable({ __newindex = {} }, { __mode = "v" })
  local t = setmetatable({}, meta)
  for k = 1, 200 do t["k" .. i .. k] = k end
end
