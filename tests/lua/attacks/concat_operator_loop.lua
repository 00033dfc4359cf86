-- One instruction copies megabytes: few instructions, much time.
local s = ("x"):rep(8 << 20)
while true do local _ = s .. s end
