while true do spawn(function() while true do cache.get("x") end end) end
