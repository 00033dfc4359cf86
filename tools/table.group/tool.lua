--- table.group: totals of rows by fields; amounts are added exactly.

local function as_list(v)
  if v == nil then return {} end
  if type(v) == "table" then return v end
  return { v }
end

local function is_empty(v)
  return v == nil or v == ""
end

--- A decimal text of a cell, or nil and why not.
local function decimal(v, field)
  local s = type(v) == "number" and money.text(v) or v
  if type(s) ~= "string" or not s:match("^%-?%d+%.?%d*$") then
    return nil, "'" .. field .. "' has " .. tostring(v) .. ", which is not a number"
  end
  return s
end

--- The values of a field in a group. With `per`, one for each value of that field: the
--- order's total stands on each of its item rows and counts once.
local function values_of(rows, field, per)
  local out, seen = {}, {}
  for _, row in ipairs(rows) do
    local v = row[field]
    if not is_empty(v) then
      if not per then
        out[#out + 1] = v
      else
        local id = tostring(row[per])
        if seen[id] == nil then
          seen[id] = v
          out[#out + 1] = v
        elseif seen[id] ~= v then
          return nil, "'" .. field .. "' differs within one " .. per .. " (" .. id .. ")"
        end
      end
    end
  end
  return out
end

local function sum_of(values, field)
  local total = "0"
  for _, v in ipairs(values) do
    local s, why = decimal(v, field)
    if not s then return nil, why end
    total = money.add(total, s)
  end
  return total
end

--- Least or greatest: numbers as numbers, texts (dates) as texts.
local function extreme(values, sign)
  local best
  for _, v in ipairs(values) do
    if best ~= nil and type(v) ~= type(best) then
      return nil, "numbers and texts cannot be compared"
    end
    if best == nil or (sign < 0 and v < best) or (sign > 0 and v > best) then best = v end
  end
  return best
end

local function distinct(values)
  local out, seen = json.array(), {}
  for _, v in ipairs(values) do
    local id = type(v) .. tostring(v)
    if not seen[id] then
      seen[id] = true
      out[#out + 1] = v
    end
  end
  return out
end

local ops = {
  sum = function(values, field)
    local total, why = sum_of(values, field)
    if not total then return nil, why end
    return tonumber(total)
  end,
  average = function(values, field)
    if #values == 0 then return nil end
    local total, why = sum_of(values, field)
    if not total then return nil, why end
    return tonumber(money.div(total, tostring(#values), 6))
  end,
  count = function(values) return #values end,
  count_distinct = function(values) return #distinct(values) end,
  min = function(values) return extreme(values, -1) end,
  max = function(values) return extreme(values, 1) end,
  first = function(values) return values[1] end,
  last = function(values) return values[#values] end,
  list = function(values) return distinct(values) end,
}

--- Rows by group, in order of first appearance.
local function split_groups(rows, by)
  local order, groups = {}, {}
  for _, row in ipairs(rows) do
    local parts = {}
    for i, field in ipairs(by) do parts[i] = type(row[field]) .. tostring(row[field]) end
    local key = table.concat(parts, "\0")
    if not groups[key] then
      groups[key] = {}
      order[#order + 1] = key
    end
    groups[key][#groups[key] + 1] = row
  end
  if #by == 0 and #order == 0 then
    order, groups = { "" }, { [""] = {} }
  end
  return order, groups
end

local function total_row(rows, by, totals)
  local out = {}
  if rows[1] then
    for _, field in ipairs(by) do out[field] = rows[1][field] end
  end
  for name, total in pairs(totals) do
    local values, why
    if total.op == "count" and not total.field then
      out[name] = total.per and #distinct(values_of(rows, total.per)) or #rows
    elseif not total.field then
      return nil, "total '" .. name .. "' needs a field"
    else
      values, why = values_of(rows, total.field, total.per)
      if not values then return nil, why end
      out[name], why = ops[total.op](values, total.field)
      if why then return nil, why end
    end
  end
  return out
end

return tool {
  name = "table.group",
  summary = "Group rows by fields and total them: sum, average, count, count_distinct, min, "
    .. "max, first, last, list.",
  texts = {
    zh = { summary = "按字段分组汇总:求和、平均、计数、去重计数、最小、最大、首个、末个、清单。" },
    ja = { summary = "行をフィールドでまとめ、合計・平均・件数・種類数・最小・最大・先頭・末尾・一覧を出します。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 60,
  params = {
    type = "object",
    required = { "rows", "totals" },
    additionalProperties = false,
    properties = {
      rows = { type = "array", items = { type = "object" } },
      by = {
        description = "Field, or fields, to group by; without it all rows are one group.",
        anyOf = { { type = "string" }, { type = "array", items = { type = "string" } } },
      },
      totals = {
        description = "Name of the new field -> what to compute.",
        type = "object", minProperties = 1,
        additionalProperties = {
          type = "object",
          required = { "op" },
          additionalProperties = false,
          properties = {
            op = { type = "string",
              enum = { "sum", "average", "count", "count_distinct", "min", "max", "first", "last",
                "list" } },
            field = { description = "Needed by all but count. Empty cells are left out.",
              type = "string" },
            per = {
              description = "Count the value once for each value of this field: the order's "
                .. "total in a table with a row per item.",
              type = "string",
            },
          },
        },
      },
      sort = { description = "Field to sort by, a minus before it for the greatest first.",
        type = "string" },
    },
  },
  returns = {
    type = "object",
    required = { "rows", "row_count" },
    properties = {
      rows = { type = "array", items = { type = "object" } },
      row_count = { type = "integer", minimum = 0 },
    },
  },
  run = function(args)
    local by = as_list(args.by)
    local order, groups = split_groups(args.rows, by)
    local out = json.array()

    for i, key in ipairs(order) do
      local row, why = total_row(groups[key], by, args.totals)
      if not row then return nil, { code = "invalid", message = why } end
      out[i] = row
    end
    if args.sort then
      local down = args.sort:sub(1, 1) == "-"
      out = sort_by(out, down and args.sort:sub(2) or args.sort, down and "desc" or "asc")
    end
    return { rows = out, row_count = #out }
  end,
  examples = {
    {
      words = {
        en = "revenue and number of orders by shop",
        zh = "按店铺统计销售额和订单数",
        ja = "店舗ごとの売上と注文数",
      },
      args = { rows = { { shop = "DE", order = "1", total = 10.5 } }, by = "shop",
        totals = { revenue = { op = "sum", field = "total", per = "order" },
          orders = { op = "count_distinct", field = "order" } } },
    },
  },
  tests = {
    { name = "ten dimes are one",
      args = { rows = { { v = 0.1 }, { v = 0.1 }, { v = 0.1 } }, totals = { s = { op = "sum",
        field = "v" } } },
      gives = { rows = { { s = 0.3 } } } },
    { name = "an order's total counts once though it stands on each item",
      args = { rows = { { o = "1", total = 30 }, { o = "1", total = 30 }, { o = "2", total = 5 } },
        totals = { revenue = { op = "sum", field = "total", per = "o" },
          orders = { op = "count_distinct", field = "o" }, items = { op = "count" } } },
      gives = { rows = { { revenue = 35, orders = 2, items = 3 } } } },
    { name = "two totals in one order are a mistake that is told",
      args = { rows = { { o = "1", total = 30 }, { o = "1", total = 31 } },
        totals = { s = { op = "sum", field = "total", per = "o" } } },
      fails = "invalid" },
    { name = "groups come in order of appearance",
      args = { rows = { { m = "JP", n = 1 }, { m = "DE", n = 2 }, { m = "JP", n = 3 } }, by = "m",
        totals = { n = { op = "sum", field = "n" } } },
      gives = { rows = { { m = "JP", n = 4 }, { m = "DE", n = 2 } }, row_count = 2 } },
    { name = "a minus sorts the greatest first",
      args = { rows = { { m = "A", n = 1 }, { m = "B", n = 2 } }, by = "m",
        totals = { n = { op = "sum", field = "n" } }, sort = "-n" },
      gives = { rows = { { m = "B" }, { m = "A" } } } },
    { name = "text that is no number is told, not skipped",
      args = { rows = { { v = "12.5K" } }, totals = { s = { op = "sum", field = "v" } } },
        fails = "invalid" },
    { name = "no rows and no fields give one row of zeros",
      args = { rows = json.array(), totals = { n = { op = "count" }, s = { op = "sum",
        field = "v" } } },
      gives = { rows = { { n = 0, s = 0 } }, row_count = 1 } },
    { name = "earliest and latest date",
      args = { rows = { { d = "2026-02-01" }, { d = "2025-12-31" } },
        totals = { a = { op = "min", field = "d" }, z = { op = "max", field = "d" } } },
      gives = { rows = { { a = "2025-12-31", z = "2026-02-01" } } } },
  },
}
