getmetatable(json).__index.encode = nil
