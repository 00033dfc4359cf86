local _, err = json.decode(("["):rep(100000))
error(err)
