return ("").dump(function() end)
