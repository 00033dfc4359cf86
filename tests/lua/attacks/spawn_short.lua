-- Many fibers that each stay under the hook's count.
while true do
  local f = spawn(function() for _ = 1, 100 do end end)
  join(f)
end
