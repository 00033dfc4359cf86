--- table.join: rows of two tables by a common key.

--- The key of a row as one string, or nil when a part of it is empty. Numbers and text
--- that look alike are alike: one sheet has 1001, the other "1001".
local function key_of(row, fields)
  local parts = {}
  for i, field in ipairs(fields) do
    local v = row[field]
    if v == nil or v == "" then return nil end
    if type(v) == "number" and v % 1 == 0 and v > -2 ^ 53 and v < 2 ^ 53 then
      v = string.format("%d", v)
    end
    parts[i] = tostring(v)
  end
  return table.concat(parts, "\0")
end

local function as_list(v)
  if type(v) == "table" then return v end
  return { v }
end

--- Rows by key; also how many had none, and a key that came twice.
local function index(rows, fields)
  local by_key, without, twice = {}, 0, nil
  for _, row in ipairs(rows) do
    local key = key_of(row, fields)
    if not key then
      without = without + 1
    elseif by_key[key] then
      twice = twice or key
      by_key[key][#by_key[key] + 1] = row
    else
      by_key[key] = { row }
    end
  end
  return by_key, without, twice
end

--- One row of both: fields of the right that the left has too get the prefix.
local function merged(left, right, right_on, prefix)
  local out = {}
  for k, v in pairs(left) do out[k] = v end
  if right then
    local is_key = {}
    for _, field in ipairs(right_on) do is_key[field] = true end
    for k, v in pairs(right) do
      if out[k] == nil then
        out[k] = v
      elseif not is_key[k] then
        out[prefix .. k] = v
      end
    end
  end
  return out
end

local function shown(key)
  return (key:gsub("\0", " / "))
end

return tool {
  name = "table.join",
  summary = "Join two lists of rows by a key: matching rows, all of the left, or the left "
    .. "without match.",
  texts = {
    zh = { summary = "按关键字段合并两张表:匹配的行、左表全部行,或左表中没有匹配的行。" },
    ja = { summary = "二つの表をキーで結合します。一致する行、左の全行、または一致しない左の行を返します。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 60,
  params = {
    type = "object",
    required = { "left", "right", "on" },
    additionalProperties = false,
    properties = {
      left = { type = "array", items = { type = "object" } },
      right = { type = "array", items = { type = "object" } },
      on = {
        description = "Key field, or fields, of the left.",
        anyOf = { { type = "string" }, { type = "array", minItems = 1,
          items = { type = "string" } } },
      },
      right_on = {
        description = "Key fields of the right when they have other names.",
        anyOf = { { type = "string" }, { type = "array", minItems = 1,
          items = { type = "string" } } },
      },
      kind = { description = "inner: rows with a match; left: all of the left; anti: left "
        .. "rows without match.",
        type = "string", enum = { "inner", "left", "anti" }, default = "inner" },
      many = {
        description = "May a key stand several times on the right? Each match then makes a "
          .. "row, so sums over the left's amounts would count twice.",
        type = "boolean", default = false,
      },
      prefix = { description = "For right fields whose name the left has too.", type = "string",
        default = "right_" },
    },
  },
  returns = {
    type = "object",
    required = { "rows", "row_count", "unmatched", "notes" },
    properties = {
      rows = { type = "array", items = { type = "object" } },
      row_count = { type = "integer", minimum = 0 },
      unmatched = { description = "Left rows without a match.", type = "integer", minimum = 0 },
      notes = { type = "array", items = { type = "string" } },
    },
  },
  run = function(args)
    local on = as_list(args.on)
    local right_on = as_list(args.right_on or args.on)
    local kind, prefix = args.kind or "inner", args.prefix or "right_"
    local notes, rows, unmatched = json.array(), json.array(), 0

    if #on ~= #right_on then
      return nil, { code = "invalid", message = "on and right_on must name as many fields each" }
    end
    local by_key, without, twice = index(args.right, right_on)
    if twice and not args.many and kind ~= "anti" then
      return nil, { code = "invalid", message = "the right table has the key " .. shown(twice)
        .. " more than once: group it first, or say many = true" }
    end
    if without > 0 then
      notes[#notes + 1] = without .. " rows of the right have an empty key and were not used"
    end
    for _, row in ipairs(args.left) do
      local key = key_of(row, on)
      local found = key and by_key[key]
      if not found then
        unmatched = unmatched + 1
        if kind ~= "inner" then rows[#rows + 1] = merged(row, nil, right_on, prefix) end
      elseif kind ~= "anti" then
        for _, other in ipairs(found) do
          rows[#rows + 1] = merged(row, other, right_on, prefix)
        end
      end
    end
    return { rows = rows, row_count = #rows, unmatched = unmatched, notes = notes }
  end,
  examples = {
    {
      words = {
        en = "which products of the catalog are missing in the shop export?",
        zh = "商品目录里哪些商品在店铺导出表中没有?",
        ja = "カタログにあってショップのエクスポートにない商品は?",
      },
      args = { left = { { sku = "A1" } }, right = { { SKU = "A2" } }, on = "sku", right_on = "SKU",
        kind = "anti" },
    },
  },
  tests = {
    { name = "matching rows carry the fields of both",
      args = { left = { { sku = "A1", cost = 5 } }, right = { { sku = "A1", stock = 7 } },
        on = "sku" },
      gives = { rows = { { sku = "A1", cost = 5, stock = 7 } }, row_count = 1, unmatched = 0 } },
    { name = "1001 and \"1001\" are the same key",
      args = { left = { { id = 1001 } }, right = { { id = "1001", paid = true } }, on = "id" },
      gives = { rows = { { id = 1001, paid = true } }, unmatched = 0 } },
    { name = "anti gives what is missing on the right",
      args = { left = { { sku = "A1" }, { sku = "A2" } }, right = { { sku = "A2" } }, on = "sku",
        kind = "anti" },
      gives = { rows = { { sku = "A1" } }, row_count = 1, unmatched = 1 } },
    { name = "left keeps rows without a match",
      args = { left = { { sku = "A1" } }, right = json.array(), on = "sku", kind = "left" },
      gives = { rows = { { sku = "A1" } }, unmatched = 1 } },
    { name = "a field that both have gets the prefix",
      args = { left = { { sku = "A1", price = 1 } }, right = { { sku = "A1", price = 2 } },
        on = "sku" },
      gives = { rows = { { price = 1, right_price = 2 } } } },
    { name = "a repeated key on the right is refused unless many",
      args = { left = { { o = 1 } }, right = { { o = 1 }, { o = 1 } }, on = "o" },
        fails = "invalid" },
    { name = "many makes a row of each match",
      args = { left = { { o = 1 } }, right = { { o = 1, i = "a" }, { o = 1, i = "b" } }, on = "o",
        many = true },
      gives = { rows = { { o = 1, i = "a" }, { o = 1, i = "b" } }, row_count = 2 } },
    { name = "two fields make one key",
      args = { left = { { a = "x", b = "1" } }, right = { { a = "x", b = "2" }, { a = "x", b = "1",
        ok = 1 } },
        on = { "a", "b" } },
      gives = { rows = { { ok = 1 } }, row_count = 1 } },
  },
}
