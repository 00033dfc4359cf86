-- __close moves the stack while the results wait on it.
local function deep(n) return n > 0 and 1 + deep(n - 1) or 0 end
for _ = 1, 1000 do
  local ok = pcall(function()
    local x <close> = setmetatable({}, { __close = function() deep(20000) end })
    return table.unpack({ 1, 2, 3 })
  end)
  assert(not ok)
end
error("as it should be")
