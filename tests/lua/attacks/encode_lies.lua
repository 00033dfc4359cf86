return json.encode({ f = function() end })
