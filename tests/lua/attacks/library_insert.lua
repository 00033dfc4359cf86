table.insert(string, function() end)
