--- table.write: rows as a sheet.
return tool {
  name = "table.write",
  summary = "Write rows as a table file (XLSX, CSV, TSV or JSON, by the name's ending) into "
    .. "the output folder.",
  texts = {
    zh = { summary = "把行写成表格文件(按文件名后缀:XLSX、CSV、TSV、JSON),放到输出文件夹。" },
    ja = { summary = "行を表ファイル(拡張子により XLSX、CSV、TSV、JSON)として出力フォルダに書きます。" },
  },
  effect = "write",
  idempotent = true,
  timeout = 120,
  files = { "out" },
  trust = "trusted",
  controls = { "path" },
  params = {
    type = "object",
    required = { "path", "rows" },
    additionalProperties = false,
    properties = {
      path = { description = "Relative to the output folder, ending in .xlsx, .csv, .tsv or .json.",
        type = "string", minLength = 1, maxLength = 1024 },
      rows = { type = "array", maxItems = 1000000, items = { type = "object" } },
      columns = {
        description = "Which fields, in which order. Without it: the fields of the rows as "
          .. "they come.",
        type = "array", minItems = 1, maxItems = 1000,
        items = {
          anyOf = {
            { type = "string", minLength = 1 },
            {
              type = "object",
              required = { "name" },
              additionalProperties = false,
              properties = {
                name = { description = "Field of the rows.", type = "string", minLength = 1 },
                title = {
                  description = "Head of the column: a text, or texts by language.",
                  anyOf = { { type = "string" },
                    { type = "object", additionalProperties = { type = "string" } } },
                },
                type = { type = "string", enum = { "text", "number", "integer", "date", "money",
                  "percent", "boolean" } },
                currency = { description = "Of a money column: ISO 4217.", type = "string",
                  pattern = "^[A-Z]{3}$" },
                width = { description = "In characters.", type = "number", minimum = 1,
                  maximum = 255 },
              },
            },
          },
        },
      },
      language = { description = "Of the titles; the person's otherwise.", type = "string" },
      sheet = { description = "XLSX: name of the sheet.", type = "string", minLength = 1,
        maxLength = 31 },
      bom = { description = "CSV: begin with a byte order mark, so that Excel sees UTF-8.",
        type = "boolean", default = true },
      formulas = {
        description = "CSV, TSV: what to do with text that a spreadsheet would compute (=, +, "
          .. "-, @). guard puts an apostrophe before it; XLSX always writes text.",
        type = "string", enum = { "guard", "keep" }, default = "guard",
      },
      overwrite = { description = "May a file of that name with other content be replaced?",
        type = "boolean", default = false },
    },
  },
  returns = {
    type = "object",
    required = { "path", "name", "bytes", "row_count" },
    properties = {
      path = { description = "Absolute.", type = "string" },
      name = { description = "Relative to the output folder.", type = "string" },
      bytes = { type = "integer", minimum = 0 },
      row_count = { type = "integer", minimum = 0 },
      notes = { type = "array", items = { type = "string" } },
    },
  },
  preview = function(args, lang)
    local n = type(args.rows) == "table" and #args.rows or "?"
    if lang == "zh" then return "写表格 " .. args.path .. "," .. n .. " 行" end
    if lang == "ja" then return "表 " .. args.path .. " を書く(" .. n .. " 行)" end
    return "Write the table " .. args.path .. " with " .. n .. " rows"
  end,
  run = builtin "table.write",
  examples = {
    {
      words = { en = "save the prices as an Excel file", zh = "把价格存成Excel文件", ja = "価格をExcelに保存" },
      args = { path = "prices-DE.xlsx", rows = { { sku = "A1", price = 19.99 } },
        columns = { "sku", { name = "price", title = { en = "Price", zh = "售价" }, type = "money",
          currency = "EUR" } } },
    },
  },
  tests = {
    { name = "counts its rows", args = { path = "a.csv", rows = { { sku = "A1" },
      { sku = "A2" } } },
      gives = { name = "a.csv", row_count = 2 } },
    { name = "no rows make a table with heads only",
      args = { path = "empty.csv", rows = json.array(), columns = { "sku" } },
        gives = { row_count = 0 } },
    { name = "an ending that is no table format is refused",
      args = { path = "a.docx", rows = json.array(), columns = { "sku" } }, fails = "invalid" },
    { name = "a path that climbs out is refused",
      args = { path = "../a.csv", rows = json.array(), columns = { "sku" } }, fails = "denied" },
  },
}
