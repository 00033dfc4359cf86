-- An endless loop in pcall, for ever.
while true do pcall(function() while true do end end) end
