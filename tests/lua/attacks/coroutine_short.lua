for _ = 1, 2000 do
  coroutine.wrap(function() for _ = 1, 24000 do end end)()
end
