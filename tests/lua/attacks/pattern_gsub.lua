local s = ("a"):rep(200000)
while true do pcall(string.gsub, s, ".-.-b", "%0%0%0") end
