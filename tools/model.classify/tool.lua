--- model.classify: which label fits.
return tool {
  name = "model.classify",
  summary = "Have a model say which of some labels fits a text or value.",
  texts = {
    zh = { summary = "让模型判断一段文字或一个值属于哪个标签。" },
    ja = { summary = "文章や値がどのラベルに当てはまるかをモデルに判断させます。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 120,
  params = {
    type = "object",
    required = { "value", "labels" },
    additionalProperties = false,
    properties = {
      value = { description = "What to sort: a text, or any value." },
      labels = {
        description = "Names, or { name, means }.",
        type = "array", minItems = 2, maxItems = 200,
        items = {
          anyOf = {
            { type = "string", minLength = 1 },
            { type = "object", required = { "name" }, additionalProperties = false,
              properties = { name = { type = "string", minLength = 1 },
                means = { type = "string" } } },
          },
        },
      },
      many = { description = "Several labels may fit, or none.", type = "boolean",
        default = false },
      instructions = { type = "string", maxLength = 20000 },
    },
  },
  returns = {
    type = "object",
    properties = {
      label = { description = "Unless `many`.", type = "string" },
      labels = { description = "With `many`.", type = "array", items = { type = "string" } },
    },
  },
  run = builtin "model.classify",
  examples = {
    {
      words = { en = "sort the messages into complaints and questions", zh = "把留言分成投诉和咨询",
        ja = "メッセージを苦情と質問に分けて" },
      args = { value = "Where is my parcel?", labels = { "complaint", "question" } },
    },
  },
  tests = {
    { name = "without a model it says so", args = { value = "x", labels = { "a", "b" } },
      fails = "unavailable" },
  },
}
