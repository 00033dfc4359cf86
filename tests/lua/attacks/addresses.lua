local function hidden(text) assert(not text:find("0x"), text) end
hidden(tostring({}))
hidden(tostring(print or pcall))
hidden(string.format("%s", {}))
hidden(tostring(json.null))
hidden(tostring(spawn(function() end)))
error("as it should be")
