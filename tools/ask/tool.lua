--- ask: a question to the person; the task waits durably for the answer.
return tool {
  name = "ask",
  summary = "Ask the person a question: free text, one of some choices, or a selection of rows.",
  texts = {
    zh = { summary = "向用户提问:自由回答、从选项中选一个,或勾选若干行。" },
    ja = { summary = "担当者に質問します。自由回答、選択肢から一つ、または行の選択ができます。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 30,
  trust = "trusted",
  params = {
    type = "object",
    required = { "question" },
    additionalProperties = false,
    properties = {
      question = { type = "string", minLength = 1, maxLength = 2000 },
      choices = {
        description = "Answers to choose one from; without it the answer is free text.",
        type = "array", minItems = 2, maxItems = 50, uniqueItems = true,
        items = { type = "string", minLength = 1 },
      },
      rows = {
        description = "Rows to tick; those ticked come back whole.",
        type = "array", maxItems = 1000, items = { type = "object" },
      },
      multi = { description = "May several rows be ticked?", type = "boolean", default = true },
    },
  },
  returns = {
    type = "object",
    required = { "answer" },
    properties = {
      answer = { description = "The text typed, or the choice taken.", type = "string" },
      rows = { description = "The rows that were ticked.", type = "array",
        items = { type = "object" } },
    },
  },
  preview = function(args, lang)
    if lang == "zh" then return "询问:" .. args.question end
    if lang == "ja" then return "質問:" .. args.question end
    return "Ask: " .. args.question
  end,
  run = builtin "ask",
  examples = {
    {
      words = {
        en = "ask me whether to convert half of the balance",
        zh = "问我是否把一半余额换汇",
        ja = "残高の半分を両替するか私に聞いて",
      },
      args = { question = "Convert half of the USD balance?", choices = { "yes", "no" } },
    },
  },
  tests = {
    { name = "choices and rows together are refused",
      args = { question = "Which?", choices = { "a", "b" }, rows = { { sku = "A1" } } },
      fails = "invalid" },
  },
}
