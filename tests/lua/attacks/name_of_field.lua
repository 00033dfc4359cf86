local a = nil
return a.x.x.x.x
