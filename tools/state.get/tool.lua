--- state.get: what the agent kept earlier.
return tool {
  name = "state.get",
  summary = "Read a value that this agent kept with state.put, in this task or an earlier one.",
  texts = {
    zh = { summary = "读取本智能体以前用 state.put 保存的值。" },
    ja = { summary = "このエージェントが state.put で保存した値を読みます。" },
  },
  effect = "read",
  idempotent = true,
  timeout = 10,
  params = {
    type = "object",
    required = { "key" },
    additionalProperties = false,
    properties = {
      key = { type = "string", minLength = 1, maxLength = 200 },
      default = { description = "The value when nothing is kept under the key." },
    },
  },
  returns = {
    type = "object",
    required = { "found" },
    properties = {
      found = { type = "boolean" },
      value = { description = "What was kept, or the default; null when there is neither." },
    },
  },
  run = builtin "state.get",
  examples = {
    {
      words = { en = "which orders have I reported already?", zh = "我已经汇报过哪些订单?",
        ja = "報告済みの注文はどれ?" },
      args = { key = "reported-orders", default = json.array() },
    },
  },
  tests = {
    { name = "a key never kept gives the default",
      args = { key = "never-kept", default = 7 }, gives = { found = false, value = 7 } },
    { name = "an empty key is refused", args = { key = "" }, fails = "invalid" },
  },
}
