local t = {}
t.t = t
json.encode(t)
