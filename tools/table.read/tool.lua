--- table.read: a sheet as rows.
return tool {
  name = "table.read",
  summary = "Read a table (CSV, TSV, JSON, XLSX) as rows of named, typed columns.",
  texts = {
    zh = { summary = "读取表格(CSV、TSV、JSON、XLSX),得到带列名和类型的行。" },
    ja = { summary = "表(CSV、TSV、JSON、XLSX)を、列名と型の付いた行として読みます。" },
  },
  effect = "read",
  idempotent = true,
  timeout = 120,
  files = { "in", "out" },
  trust = "untrusted",
  params = {
    type = "object",
    required = { "path" },
    additionalProperties = false,
    properties = {
      path = { description = "Name or path of a file of the task.", type = "string", minLength = 1,
        maxLength = 4096 },
      format = { description = "Found from content and name unless given.", type = "string",
        enum = { "auto", "csv", "tsv", "json", "xlsx" }, default = "auto" },
      sheet = { description = "XLSX: name of the sheet, or its number from 1; the first that "
        .. "is visible otherwise.",
        anyOf = { { type = "string", minLength = 1 }, { type = "integer", minimum = 1 } } },
      encoding = { description = "CSV, TSV.", type = "string",
        enum = { "auto", "utf-8", "gb18030", "shift_jis", "utf-16" }, default = "auto" },
      delimiter = { description = "CSV: one character; found out otherwise.", type = "string",
        minLength = 1, maxLength = 1 },
      columns = {
        description = "Names to use: your name -> the header's text, or a list of texts of "
          .. "which the first found counts. Columns not named here keep their header.",
        type = "object",
        additionalProperties = {
          anyOf = { { type = "string" },
            { type = "array", minItems = 1, items = { type = "string" } } },
        },
      },
      required = { description = "Columns (by your names) without which the table is refused.",
        type = "array", items = { type = "string" } },
      types = {
        description = "Types by column; found from the values otherwise. Text such as 007 "
          .. "stays text. percent: 4.7 for 4.7 %, also where the cell holds 0.047 shown as 4.7 %.",
        type = "object",
        additionalProperties = { type = "string",
          enum = { "text", "number", "integer", "date", "percent" } },
      },
      units = {
        description = "Columns of weights, as kilograms: what the head, a cell or its format "
          .. "says in g, lb or oz is converted.",
        type = "object",
        additionalProperties = { type = "string", enum = { "kg" } },
      },
      unique = { description = "Columns (by your names) in which no text may stand twice.",
        type = "array", items = { type = "string" } },
      currencies = {
        description = "Currency (ISO 4217) of a column's amounts: a head or a cell that says "
          .. "another is refused.",
        type = "object",
        additionalProperties = { type = "string", pattern = "^[A-Z]{3}$" },
      },
      locale = {
        description = "How numbers and dates are written: de for 1.234,50 and 31.12.2026, en "
          .. "for 1,234.50, en-US also for 12/31/2026.",
        type = "string", pattern = "^[a-z]{2}(-[A-Z]{2})?$",
      },
      header_row = { description = "XLSX: row of the header, from 1; 0: there is none. Found "
        .. "out otherwise.", type = "integer",
        minimum = 0, maximum = 1000 },
      header_rows = { description = "XLSX: rows of the header when it has several.",
        type = "integer",
        minimum = 1, maximum = 3 },
      max_rows = { description = "Refuse a longer table.", type = "integer", minimum = 1,
        maximum = 2000000, default = 500000 },
      max_bytes = { description = "Refuse a larger file.", type = "integer", minimum = 1,
        maximum = 536870912, default = 67108864 },
    },
  },
  returns = {
    type = "object",
    required = { "columns", "rows", "row_count", "notes" },
    properties = {
      columns = {
        type = "array",
        items = {
          type = "object",
          required = { "name", "type" },
          properties = {
            name = { type = "string" },
            type = { type = "string", enum = { "text", "number", "integer", "date", "boolean",
              "any", "percent" } },
            header = { description = "The text in the file when the name differs.",
              type = "string" },
          },
        },
      },
      rows = {
        description = "One object a row, by column name. An empty cell is '' in a text "
          .. "column, null in others. Dates are ISO 8601 text.",
        type = "array", items = { type = "object" },
      },
      row_count = { type = "integer", minimum = 0 },
      sheet = { description = "XLSX: the sheet read.", type = "string" },
      encoding = { description = "CSV, TSV: as found or given.", type = "string" },
      notes = { description = "What a careful reader would mention: skipped title rows, "
        .. "ragged rows, doubtful numbers.",
        type = "array", items = { type = "string" } },
    },
  },
  run = builtin "table.read",
  examples = {
    {
      words = { en = "read the catalog", zh = "读取商品目录", ja = "カタログを読む" },
      args = { path = "catalog.xlsx",
        columns = { sku = { "SKU", "货号" }, cost = { "成本(CNY)", "成本" } },
        required = { "sku", "cost" }, types = { cost = "number" } },
    },
  },
  tests = {
    { name = "a file that is not there is named", args = { path = "nothing.csv" },
      fails = "not_found" },
    { name = "a path that climbs out is refused", args = { path = "../../etc/passwd" },
      fails = "denied" },
  },
}
