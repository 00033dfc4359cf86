--- text.render: fill a text's places with values, once or a line for each row.

local html = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local escapes = {
  none = function(s) return s end,
  html = function(s) return (s:gsub("[&<>\"']", html)) end,
  markdown = function(s) return (s:gsub("[\\`*_{}%[%]()#+!|<>-]", "\\%0")) end,
}

--- Walks names with dots: customer.name.
local function look_up(values, path)
  local v = values
  for part in path:gmatch("[^.]+") do
    if type(v) ~= "table" then return nil end
    v = v[part]
  end
  return v
end

local function as_text(v)
  if type(v) == "number" then return money.text(v) end
  if type(v) == "string" or type(v) == "boolean" then return tostring(v) end
  return nil
end

--- Replaces {name}; braces around anything else stay.
local function fill(template, values, escape)
  local missing
  local out = template:gsub("{([%a_][%w_.]*)}", function(path)
    local s = as_text(look_up(values, path))
    if not s then
      missing = missing or path
      return ""
    end
    return escape(s)
  end)
  if missing then return nil, "there is no value for {" .. missing .. "}" end
  return out
end

return tool {
  name = "text.render",
  summary = "Fill a text's {places} with values; with rows, one line for each row.",
  texts = {
    zh = { summary = "用数值填充文本中的 {占位符};给出 rows 时每行生成一行文字。" },
    ja = { summary = "テキストの {差し込み箇所} に値を入れます。rows があれば一行ずつ作ります。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 30,
  params = {
    type = "object",
    required = { "template" },
    additionalProperties = false,
    properties = {
      template = { description = "As: Hello {customer.name}. The place {rows} takes the lines.",
        type = "string", maxLength = 200000 },
      values = { type = "object" },
      rows = { type = "array", maxItems = 20000, items = { type = "object" } },
      row = { description = "The line of one row, as: {sku}: {quantity}", type = "string",
        maxLength = 20000 },
      separator = { description = "Between lines.", type = "string", default = "\n" },
      empty = { description = "Instead of the lines when there are no rows.", type = "string",
        default = "" },
      escape = { description = "How values are made harmless in the text's language.",
        type = "string", enum = { "none", "html", "markdown" }, default = "none" },
    },
  },
  returns = {
    type = "object",
    required = { "text" },
    properties = { text = { type = "string" } },
  },
  run = function(args)
    local escape = escapes[args.escape or "none"]
    local values, lines = {}, {}

    for k, v in pairs(args.values or {}) do values[k] = v end
    for i, row in ipairs(args.rows or {}) do
      local line, why = fill(args.row or "", row, escape)
      if not line then return nil, { code = "invalid", message = "row " .. i .. ": " .. why } end
      lines[i] = line
    end
    if args.rows and not args.row then
      return nil, { code = "invalid", message = "rows need `row`, the text of one line" }
    end
    -- Lines are put in last and as they are: what a row holds is not a template.
    local before, after = args.template:match("^(.-){rows}(.*)$")
    local head, why = fill(before or args.template, values, escape)
    if not head then return nil, { code = "invalid", message = why } end
    if not before then return { text = head } end
    local tail
    tail, why = fill(after, values, escape)
    if not tail then return nil, { code = "invalid", message = why } end
    local body = #lines > 0 and table.concat(lines, args.separator or "\n") or args.empty or ""
    return { text = head .. body .. tail }
  end,
  examples = {
    {
      words = { en = "write the purchase list as a mail", zh = "把采购清单写成邮件", ja = "発注リストをメール文にする" },
      args = { template = "Dear {supplier},\nplease send:\n{rows}\nThank you.",
        values = { supplier = "Ningbo Lights" },
        rows = { { sku = "A1", quantity = 200 } }, row = "{sku}: {quantity}" },
    },
  },
  tests = {
    { name = "places are filled", args = { template = "Hello {who.name}!",
      values = { who = { name = "山田" } } },
      gives = { text = "Hello 山田!" } },
    { name = "each row is a line",
      args = { template = "List:\n{rows}\nEnd", rows = { { s = "A", n = 2 }, { s = "B", n = 1.5 } },
        row = "{s} x{n}" },
      gives = { text = "List:\nA x2\nB x1.5\nEnd" } },
    { name = "a value is never a template", args = { template = "{a}", values = { a = "{b}",
      b = "no" } },
      gives = { text = "{b}" } },
    { name = "a missing value is told", args = { template = "{nobody}", values = { a = 1 } },
      fails = "invalid" },
    { name = "other braces stay", args = { template = "{ a } {1} {}" },
      gives = { text = "{ a } {1} {}" } },
    { name = "html is made harmless", args = { template = "<b>{x}</b>", values = { x = "<i>&" },
      escape = "html" },
      gives = { text = "<b>&lt;i&gt;&amp;</b>" } },
    { name = "no rows give the empty text", args = { template = "{rows}", rows = json.array(),
      row = "{s}", empty = "none" },
      gives = { text = "none" } },
  },
}
