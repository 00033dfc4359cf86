-- Each suspended coroutine closes the one before it: 12,000 of them overflow the C stack.
local before
for _ = 1, 30000 do
  local last = before
  before = coroutine.create(function()
    local x <close> = setmetatable({}, {
      __close = function() if last then coroutine.close(last) end end,
    })
    coroutine.yield()
  end)
  coroutine.resume(before)
end
coroutine.close(before)
