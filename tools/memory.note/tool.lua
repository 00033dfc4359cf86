--- memory.note: keep a fact for later tasks of the agent.
return tool {
  name = "memory.note",
  summary = "Remember a fact for later tasks of this agent. What was corrected is not noted again.",
  texts = {
    zh = { summary = "为本智能体以后的任务记住一个事实。已被更正的内容不会再次记录。" },
    ja = { summary = "このエージェントの今後のタスクのために事実を記憶します。訂正済みの内容は再び記録しません。" },
  },
  effect = "write",
  idempotent = true,
  timeout = 10,
  trust = "trusted",
  params = {
    type = "object",
    required = { "statement" },
    additionalProperties = false,
    properties = {
      statement = { description = "One sentence that can be understood alone.", type = "string",
        minLength = 1, maxLength = 2000 },
      subject = { description = "What it is about, always in the same words: facts on one subject are compared.",
        type = "string", minLength = 1, maxLength = 200 },
      valid_from = { description = "The day from which it holds; today unless given.", type = "string",
        format = "date" },
      valid_to = { description = "The last day on which it holds.", type = "string", format = "date" },
    },
  },
  returns = {
    type = "object",
    required = { "id", "state" },
    properties = {
      id = { description = "Of the fact, or of what stands in its place.", type = "string" },
      state = { type = "string", enum = { "added", "known", "corrected" } },
    },
  },
  preview = function(args, lang)
    if lang == "zh" then return "记住:" .. args.statement end
    if lang == "ja" then return "記憶:" .. args.statement end
    return "Remember: " .. args.statement
  end,
  run = builtin "memory.note",
  examples = {
    {
      words = { en = "remember that Hamburg ships on Fridays", zh = "记住汉堡仓每周五发货",
        ja = "ハンブルクは金曜日に出荷すると覚えて" },
      args = { statement = "The Hamburg warehouse ships on Fridays.", subject = "Hamburg shipping days" },
    },
  },
  tests = {
    { name = "a fact is added", args = { statement = "Hamburg ships on Fridays." }, gives = { state = "added" } },
    { name = "a statement without words is refused", args = { statement = " . " }, fails = "invalid" },
    { name = "a fact cannot end before it begins",
      args = { statement = "x", valid_from = "2026-05-02", valid_to = "2026-05-01" }, fails = "invalid" },
  },
}
