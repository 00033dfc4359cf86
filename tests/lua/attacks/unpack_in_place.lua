for _ = 1, 1000 do
  local function deep(n) if n > 0 then return (deep(n - 1)) end return table.unpack({ 1, 2, 3 }) end
  pcall(deep, 15000)
end
error("as it should be")
