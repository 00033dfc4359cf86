--- memory.search: what is known, with who said so and whether it may be believed.
return tool {
  name = "memory.search",
  summary = "Find facts and pieces of documents that this agent knows, best first.",
  texts = {
    zh = { summary = "查找本智能体已知的事实和文档片段,最相关的在前。" },
    ja = { summary = "このエージェントが知っている事実と文書の断片を、関連の高い順に探します。" },
  },
  effect = "read",
  idempotent = true,
  timeout = 10,
  trust = "untrusted",
  params = {
    type = "object",
    additionalProperties = false,
    anyOf = { { required = { "words" } }, { required = { "subject" } } },
    properties = {
      words = { description = "What it is about, in any language.", type = "string",
        minLength = 1, maxLength = 2000 },
      subject = { description = "Only facts on exactly this subject.", type = "string",
        minLength = 1, maxLength = 200 },
      trusted = { description = "Only what a person vouched for.", type = "boolean",
        default = false },
      at = { description = "What held on that day; today unless given.", type = "string",
        format = "date" },
      limit = { type = "integer", minimum = 1, maximum = 50, default = 5 },
    },
  },
  returns = {
    type = "object",
    required = { "items" },
    properties = {
      note = { description = "Why it may have found less than usual.", type = "string" },
      items = {
        type = "array",
        items = {
          type = "object",
          required = { "id", "kind", "text", "label", "conflicts" },
          properties = {
            id = { type = "string" },
            kind = { type = "string", enum = { "fact", "piece" } },
            subject = { description = "Of a piece: its document.", type = "string" },
            text = { type = "string" },
            source = { description = "Who said so.", type = "string" },
            label = { type = "string", enum = { "trusted", "untrusted" } },
            valid_from = { type = "string", format = "date-time" },
            valid_to = { type = "string", format = "date-time" },
            conflicts = { description = "Another fact on the subject says something else.",
              type = "boolean" },
          },
        },
      },
    },
  },
  run = builtin "memory.search",
  examples = {
    {
      words = { en = "what do we know about returns from Japan?", zh = "关于日本退货我们知道什么?",
        ja = "日本からの返品について何を知っている?" },
      args = { words = "returns Japan" },
    },
  },
  tests = {
    { name = "nothing known gives no items", args = { words = "returns" }, gives = { items = json.array() } },
    { name = "neither words nor subject are refused", args = { limit = 3 }, fails = "invalid" },
    { name = "a day that is none is refused", args = { words = "x", at = "soon" }, fails = "invalid" },
  },
}
