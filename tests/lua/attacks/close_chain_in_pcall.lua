-- The same without coroutine.close: functions that fail close what they hold.
local before = function() end
for _ = 1, 30000 do
  local last = before
  before = function()
    local x <close> = setmetatable({}, { __close = function() pcall(last) end })
    error("x")
  end
end
pcall(before)
before()
