-- After loading, the globals of a file cannot be changed either.
tool = nil
