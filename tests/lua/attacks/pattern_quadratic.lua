local s = ("a"):rep(200000) .. "b"
while true do pcall(string.find, s, "a-a-c") end
