--- state.put: keep a value for later tasks of the agent.
return tool {
  name = "state.put",
  summary = "Keep a value under a key for later tasks of this agent; null forgets it.",
  texts = {
    zh = { summary = "为本智能体以后的任务保存一个值;null 表示删除。" },
    ja = { summary = "このエージェントの今後のタスクのために値を保存します。null で削除します。" },
  },
  effect = "write",
  idempotent = true,
  timeout = 10,
  trust = "trusted",
  params = {
    type = "object",
    required = { "key", "value" },
    additionalProperties = false,
    properties = {
      key = { type = "string", minLength = 1, maxLength = 200 },
      value = { description = "Any JSON value, at most 1 MB." },
    },
  },
  returns = {
    type = "object",
    required = { "key" },
    properties = { key = { type = "string" } },
  },
  preview = function(args, lang)
    if lang == "zh" then return "保存状态 " .. args.key end
    if lang == "ja" then return "状態 " .. args.key .. " を保存" end
    return "Keep state " .. args.key
  end,
  run = builtin "state.put",
  examples = {
    {
      words = { en = "remember the last order number", zh = "记住最后一个订单号", ja = "最後の注文番号を覚えて" },
      args = { key = "last-order", value = "1001" },
    },
  },
  tests = {
    { name = "gives the key back", args = { key = "last-order", value = "1001" },
      gives = { key = "last-order" } },
  },
}
