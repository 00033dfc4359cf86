local function down(n) return coroutine.wrap(function() return down(n + 1) end)() end
return pcall(down, 1), error("as it should be")
