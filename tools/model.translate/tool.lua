--- model.translate: texts in another language.
return tool {
  name = "model.translate",
  summary = "Have a model translate texts, with a glossary, protected terms and length limits; "
    .. "what breaks them is sent back.",
  texts = {
    zh = { summary = "让模型翻译文字,支持术语表、受保护的词和长度限制;不合要求的会退回重译。" },
    ja = { summary = "用語集・保護語・文字数制限つきでモデルに翻訳させます。守られない訳は差し戻します。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 300,
  params = {
    type = "object",
    required = { "texts", "to" },
    additionalProperties = false,
    properties = {
      texts = { description = "Up to 50 at once; use `each` over more.", type = "array",
        minItems = 1, maxItems = 50, items = { type = "string", maxLength = 50000 } },
      to = { description = "ISO 639, as de or zh-CN.", type = "string",
        pattern = "^[a-z]{2,3}(-[A-Za-z0-9]+)*$" },
      from = { description = "Found out otherwise.", type = "string",
        pattern = "^[a-z]{2,3}(-[A-Za-z0-9]+)*$" },
      glossary = { description = "Word of the source -> word of the translation.",
        type = "object", additionalProperties = { type = "string", minLength = 1 } },
      protect = { description = "Terms that stay letter by letter: brands, models, SKUs. What "
        .. "stands in braces stays anyway.", type = "array", items = { type = "string",
        minLength = 1 } },
      max_chars = { description = "Of each text, in characters.", type = "integer", minimum = 1 },
      max_bytes = { description = "Of each text, in bytes of UTF-8.", type = "integer",
        minimum = 1 },
      instructions = { description = "Tone, market, audience.", type = "string",
        maxLength = 20000 },
    },
  },
  returns = {
    type = "object",
    required = { "texts" },
    properties = {
      texts = { description = "As many as were given, in their order.", type = "array",
        items = { type = "string" } },
    },
  },
  run = builtin "model.translate",
  examples = {
    {
      words = { en = "translate the titles into German, 80 characters at most",
        zh = "把标题翻译成德语,最多80个字符", ja = "タイトルを80文字以内のドイツ語に訳して" },
      args = { texts = { "露营灯 可充电 Lumo-X" }, to = "de", protect = { "Lumo-X" },
        max_chars = 80 },
    },
  },
  tests = {
    { name = "without a model it says so", args = { texts = { "x" }, to = "de" },
      fails = "unavailable" },
  },
}
