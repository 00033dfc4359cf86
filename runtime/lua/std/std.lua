-- The helpers of plans and tools: pure functions over lists and objects. They take a
-- function or the name of a field. `native` holds what is written in C.
local native = ...
local sort, insert = table.sort, table.insert
local H = {}

local function fail(name, text, ...)
  error(name .. ": " .. string.format(text, ...), 4)
end

local function want_list(list, name)
  if type(list) ~= "table" then fail(name, "needs a list, got %s", type(list)) end
  return list
end

-- What to take of an element, as a function.
local function picker(f, name)
  local kind = type(f)
  if kind == "nil" then return function(x) return x end end
  if kind == "function" then return f end
  if kind ~= "string" then fail(name, "needs a function or a field name, got %s", kind) end
  return function(x, i)
    if type(x) ~= "table" then
      error(string.format("%s: element %d is a %s and has no field '%s'", name, i, type(x), f), 0)
    end
    return x[f]
  end
end

-- The same over a whole list: a field that no element has is a misspelt one.
local function pick_all(list, f, name)
  local pick, values, n, found = picker(f, name), {}, #want_list(list, name), false
  for i = 1, n do
    local value = pick(list[i], i)
    values[i] = value
    found = found or value ~= nil
  end
  if n > 0 and not found and type(f) == "string" then
    fail(name, "no element has the field '%s'", f)
  end
  return values, n
end

local function is_true(value, wanted, has_wanted)
  if has_wanted then return value == wanted end
  return value and true or false
end

function H.filter(list, f, ...)
  local values, n = pick_all(list, f, "filter")
  local out, wanted, has = json.array(), (...), select("#", ...) > 0
  for i = 1, n do
    if is_true(values[i], wanted, has) then out[#out + 1] = list[i] end
  end
  return out
end

function H.map(list, f)
  local values, n = pick_all(list, f, "map")
  for i = 1, n do
    if values[i] == nil then fail("map", "element %d gives nothing: filter it out, or use default(…)", i) end
  end
  return n == 0 and json.array() or values
end

function H.flatten(list)
  local out = json.array()
  for i, part in ipairs(want_list(list, "flatten")) do
    if type(part) ~= "table" then fail("flatten", "element %d is no list", i) end
    for _, x in ipairs(part) do out[#out + 1] = x end
  end
  return out
end

function H.flat_map(list, f)
  local values, n = pick_all(list, f, "flat_map")
  local out = json.array()
  for i = 1, n do
    if values[i] ~= nil then
      for _, x in ipairs(want_list(values[i], "flat_map")) do out[#out + 1] = x end
    end
  end
  return out
end

-- Stable; elements without a key come last.
function H.sort_by(list, f, order)
  local keys, n = pick_all(list, f, "sort_by")
  local places, out, down = {}, json.array(), order == "desc"
  if order ~= nil and order ~= "desc" and order ~= "asc" then fail("sort_by", "the order is 'asc' or 'desc'") end
  for i = 1, n do
    if keys[i] ~= nil and type(keys[i]) ~= "number" and type(keys[i]) ~= "string" then
      fail("sort_by", "the key of element %d is a %s", i, type(keys[i]))
    end
    places[i] = i
  end
  sort(places, function(a, b)
    local x, y = keys[a], keys[b]
    if x == nil or y == nil then
      if x == nil and y == nil then return a < b end
      return y == nil
    end
    if x == y then return a < b end
    if type(x) ~= type(y) then
      error(string.format("sort_by: %s and %s cannot be compared", tostring(x), tostring(y)), 0)
    end
    if down then return y < x end
    return x < y
  end)
  for i = 1, n do out[i] = list[places[i]] end
  return out
end

local function key_of(value, i, name)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" then return tostring(value) end
  return fail(name, "the key of element %d is %s", i, kind == "nil" and "missing" or "a " .. kind)
end

function H.group_by(list, f)
  local values, n = pick_all(list, f, "group_by")
  local out = {}
  for i = 1, n do
    local key = key_of(values[i], i, "group_by")
    out[key] = out[key] or {}
    insert(out[key], list[i])
  end
  return out
end

function H.index_by(list, f)
  local values, n = pick_all(list, f, "index_by")
  local out = {}
  for i = 1, n do
    local key = key_of(values[i], i, "index_by")
    if out[key] ~= nil then fail("index_by", "two elements have the key '%s': use group_by", key) end
    out[key] = list[i]
  end
  return out
end

local function sorted_keys(object, name)
  local out = json.array()
  for key in pairs(want_list(object, name)) do out[#out + 1] = key end
  sort(out, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  return out
end

function H.keys(object) return sorted_keys(object, "keys") end

function H.entries(object)
  local out = sorted_keys(object, "entries")
  for i, key in ipairs(out) do out[i] = { key = key, value = object[key] } end
  return out
end

function H.zip(a, b)
  local out = json.array()
  if #want_list(a, "zip") ~= #want_list(b, "zip") then
    fail("zip", "the lists have %d and %d elements", #a, #b)
  end
  for i = 1, #a do out[i] = { a[i], b[i] } end
  return out
end

function H.unique(list, f)
  local values, n = pick_all(list, f, "unique")
  local seen, out = {}, json.array()
  for i = 1, n do
    local key = values[i]
    if type(key) == "table" then key = json.encode(key) end
    if key == nil then fail("unique", "element %d gives nothing", i) end
    if not seen[key] then
      seen[key] = true
      out[#out + 1] = list[i]
    end
  end
  return out
end

function H.take(list, n)
  local out = json.array()
  if math.type(n) ~= "integer" or n < 0 then fail("take", "needs a whole number from 0") end
  for i = 1, math.min(n, #want_list(list, "take")) do out[i] = list[i] end
  return out
end

function H.first(list, f, ...)
  if f == nil then return want_list(list, "first")[1] end
  return H.filter(list, f, ...)[1]
end

function H.count(list, f, ...)
  if f == nil then return #want_list(list, "count") end
  return #H.filter(list, f, ...)
end

function H.any(list, f, ...) return #H.filter(list, f, ...) > 0 end
function H.all(list, f, ...) return #H.filter(list, f, ...) == #list end

-- Of numbers, or of money.
function H.sum(list, f)
  local values, n = pick_all(list, f, "sum")
  if native.currency(values[1]) then return native.sum_money(values, n) end
  for i = 1, n do
    if type(values[i]) ~= "number" then
      fail("sum", "element %d is %s%s, not a number: see number(text, locale)", i,
        type(values[i]) == "string" and "the text " or "a ",
        type(values[i]) == "string" and "'" .. values[i] .. "'" or type(values[i]))
    end
  end
  return native.sum(values, n)
end

-- Is a before b? Numbers, texts and money have an order, each among its like.
local function is_less(a, b, name)
  local kind = type(a)
  if native.currency(a) then return native.less(a, b) end
  if kind ~= "number" and kind ~= "string" then fail(name, "a %s has no order", kind) end
  if kind ~= type(b) then fail(name, "a %s and a %s cannot be compared", kind, type(b)) end
  return a < b
end

local function extreme(name, better)
  return function(list, ...)
    local values, n
    if type(list) == "table" and not native.currency(list) then
      values, n = pick_all(list, (...), name)
    else
      values, n = { list, ... }, select("#", ...) + 1
    end
    local best
    for i = 1, n do
      local value = values[i]
      if value ~= nil and (best == nil or better(value, best)) then best = value end
    end
    return best
  end
end

H.min = extreme("min", function(a, b) return is_less(a, b, "min") end)
H.max = extreme("max", function(a, b) return is_less(b, a, "max") end)

-- Of a fiber: waits for its end, and gives what its function returned.
function H.join(list, separator, f)
  if type(list) == "userdata" then return native.join(list) end
  local values, n = pick_all(list, f, "join")
  for i = 1, n do
    if type(values[i]) ~= "string" and type(values[i]) ~= "number" then
      fail("join", "element %d is a %s", i, type(values[i]))
    end
    values[i] = native.text(values[i])
  end
  return table.concat(values, separator or ", ")
end

function H.split(text, separator)
  local out, at = json.array(), 1
  if type(text) ~= "string" then fail("split", "needs a text, got %s", type(text)) end
  separator = separator or ","
  if separator == "" then fail("split", "the separator is empty") end
  if text == "" then return out end
  while true do
    local from, to = string.find(text, separator, at, true)
    out[#out + 1] = native.trim(string.sub(text, at, (from or 0) - 1))
    if not from then return out end
    at = to + 1
  end
end

local function is_nothing(x) return x == nil or x == "" or x == json.null end

function H.default(x, otherwise)
  if is_nothing(x) then return otherwise end
  return x
end

function H.merge(...)
  local out = {}
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    if part ~= nil then
      for key, value in pairs(want_list(part, "merge")) do out[key] = value end
    end
  end
  return out
end

function H.len_bytes(text)
  if type(text) ~= "string" then fail("len_bytes", "needs a text, got %s", type(text)) end
  return string.len(text)
end

return H
