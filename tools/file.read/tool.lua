--- file.read: the text of one file.
return tool {
  name = "file.read",
  summary = "Read a text file of the task (UTF-8, GB18030, Shift_JIS or UTF-16; found out by "
    .. "itself).",
  texts = {
    zh = { summary = "读取任务的一个文本文件(自动识别 UTF-8、GB18030、Shift_JIS、UTF-16)。" },
    ja = { summary = "タスクのテキストファイルを読みます(UTF-8、GB18030、Shift_JIS、UTF-16 を自動判別)。" },
  },
  effect = "read",
  idempotent = true,
  timeout = 60,
  files = { "in", "out" },
  trust = "untrusted",
  params = {
    type = "object",
    required = { "path" },
    additionalProperties = false,
    properties = {
      path = { description = "Name or path of a file of the task.", type = "string", minLength = 1,
        maxLength = 4096 },
      encoding = { type = "string", enum = { "auto", "utf-8", "gb18030", "shift_jis", "utf-16" },
        default = "auto" },
      max_bytes = { description = "Refuse a file that is larger.", type = "integer", minimum = 1,
        maximum = 67108864, default = 8388608 },
    },
  },
  returns = {
    type = "object",
    required = { "text", "bytes", "encoding" },
    properties = {
      text = { type = "string" },
      bytes = { description = "Of the file.", type = "integer", minimum = 0 },
      encoding = { type = "string" },
    },
  },
  run = builtin "file.read",
  examples = {
    {
      words = { en = "read the supplier's letter", zh = "读一下供应商的来信", ja = "仕入先からの手紙を読む" },
      args = { path = "letter.txt" },
    },
  },
  tests = {
    { name = "a path that climbs out is refused", args = { path = "../../etc/passwd" },
      fails = "denied" },
    { name = "an absolute path that was not given is refused", args = { path = "/etc/passwd" },
      fails = "denied" },
    { name = "a file that is not there is named", args = { path = "nothing.txt" },
      fails = "not_found" },
  },
}
