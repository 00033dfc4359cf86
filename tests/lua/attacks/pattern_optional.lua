local s = ("a"):rep(28)
while true do
  pcall(string.find, s .. "b", ("a?"):rep(28) .. ("a"):rep(28) .. "c")
end
