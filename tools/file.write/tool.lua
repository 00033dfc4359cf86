--- file.write: a text file in the task's output folder.
return tool {
  name = "file.write",
  summary = "Write a text file into the task's output folder, whole or not at all.",
  texts = {
    zh = { summary = "在任务的输出文件夹写一个文本文件(要么完整写入,要么不写)。" },
    ja = { summary = "タスクの出力フォルダにテキストファイルを書きます(完全に書くか、何も書かないか)。" },
  },
  effect = "write",
  idempotent = true,
  timeout = 60,
  files = { "out" },
  trust = "trusted",
  controls = { "path" },
  params = {
    type = "object",
    required = { "path", "text" },
    additionalProperties = false,
    properties = {
      path = { description = "Relative to the output folder, as report.md or week/report.md.",
        type = "string", minLength = 1, maxLength = 1024 },
      text = { type = "string", maxLength = 16777216 },
      overwrite = { description = "May a file of that name with other content be replaced?",
        type = "boolean", default = false },
    },
  },
  returns = {
    type = "object",
    required = { "path", "name", "bytes" },
    properties = {
      path = { description = "Absolute.", type = "string" },
      name = { description = "Relative to the output folder.", type = "string" },
      bytes = { type = "integer", minimum = 0 },
    },
  },
  preview = function(args, lang)
    if lang == "zh" then return "写文件 " .. args.path end
    if lang == "ja" then return "ファイル " .. args.path .. " を書く" end
    return "Write the file " .. args.path
  end,
  run = builtin "file.write",
  examples = {
    {
      words = { en = "save the summary as summary.md", zh = "把摘要存成summary.md",
        ja = "要約をsummary.mdに保存" },
      args = { path = "summary.md", text = "# Week 47\n" },
    },
  },
  tests = {
    { name = "counts bytes, not characters", args = { path = "价格.txt", text = "价格" },
      gives = { name = "价格.txt", bytes = 6 } },
    { name = "a path that climbs out is refused", args = { path = "../x.txt", text = "x" },
      fails = "denied" },
    { name = "an absolute path is refused", args = { path = "/tmp/x.txt", text = "x" },
      fails = "denied" },
  },
}
