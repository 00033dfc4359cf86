--- model.extract: what a schema asks for, read out of a text by a model.
return tool {
  name = "model.extract",
  summary = "Have a model read out of a text or of data what a JSON Schema asks for; the answer is "
    .. "checked by the schema.",
  texts = {
    zh = { summary = "让模型从文字或数据中读出 JSON Schema 要求的内容,并按其校验。" },
    ja = { summary = "文章やデータから JSON Schema の求める内容をモデルに読み取らせ、スキーマで検証します。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 300,
  params = {
    type = "object",
    required = { "from", "schema" },
    additionalProperties = false,
    properties = {
      from = { description = "The text, or rows, or any value." },
      schema = { description = "JSON Schema of the answer; say in `description` what each field "
        .. "means, and allow null for what may be missing.", type = "object", minProperties = 1 },
      instructions = { type = "string", maxLength = 20000 },
    },
  },
  returns = {
    type = "object",
    required = { "value" },
    properties = { value = { description = "Valid by the schema." } },
  },
  run = builtin "model.extract",
  examples = {
    {
      words = { en = "read the invoice number and total out of this mail",
        zh = "从这封邮件里读出发票号和总额", ja = "このメールから請求書番号と合計を読み取って" },
      args = { from = "Invoice R-17, 120.50 EUR, due in 14 days",
        schema = { type = "object", required = { "invoice", "total" },
          properties = { invoice = { type = "string" }, total = { type = "number" } } } },
    },
  },
  tests = {
    { name = "without a model it says so", args = { from = "x", schema = { type = "object" } },
      fails = "unavailable" },
  },
}
