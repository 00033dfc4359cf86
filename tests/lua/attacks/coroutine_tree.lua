local function grow(d)
  while true do
    local c = coroutine.create(grow)
    coroutine.resume(c, d + 1)
  end
end
grow(1)
