--- file.list: the files a task may see.
return tool {
  name = "file.list",
  summary = "List the files that the person gave to the task and those it has written.",
  texts = {
    zh = { summary = "列出用户交给任务的文件和任务已写出的文件。" },
    ja = { summary = "タスクに渡されたファイルと、タスクが書いたファイルを一覧します。" },
  },
  effect = "read",
  idempotent = true,
  timeout = 30,
  files = { "in", "out" },
  params = {
    type = "object",
    additionalProperties = false,
    properties = {
      pattern = {
        description = "Shell pattern on the name, as *.csv; all files without it.",
        type = "string", minLength = 1, maxLength = 200,
      },
      from = { type = "string", enum = { "in", "out", "both" }, default = "both" },
    },
  },
  returns = {
    type = "object",
    required = { "files" },
    properties = {
      files = {
        type = "array",
        items = {
          type = "object",
          required = { "name", "path", "bytes", "modified", "from" },
          properties = {
            name = { type = "string" },
            path = { description = "To give to table.read or file.read.", type = "string" },
            bytes = { type = "integer", minimum = 0 },
            modified = { description = "UTC.", type = "string", format = "date-time" },
            from = { type = "string", enum = { "in", "out" } },
          },
        },
      },
      notes = { type = "array", items = { type = "string" } },
    },
  },
  run = builtin "file.list",
  examples = {
    {
      words = { en = "which CSV files did I give you?", zh = "我给了你哪些CSV文件?", ja = "渡したCSVはどれ?" },
      args = { pattern = "*.csv", from = "in" },
    },
  },
  tests = {
    { name = "a task without files has an empty list", args = { from = "in" },
      gives = { files = json.array() } },
  },
}
