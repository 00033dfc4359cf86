local ok, err = pcall(string.match, ("a"):rep(100000), ("(a"):rep(200000))
error(err)
