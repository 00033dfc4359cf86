--- model.write: a text by a model, from what it is given.
return tool {
  name = "model.write",
  summary = "Have a model write a text from instructions and data. It calls no tools and does no "
    .. "arithmetic: give it figures that are computed.",
  texts = {
    zh = { summary = "让模型按说明和数据写一段文字;它不调用工具,也不做计算。" },
    ja = { summary = "指示とデータからモデルに文章を書かせます。ツールは使わず、計算もしません。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 300,
  params = {
    type = "object",
    required = { "instructions" },
    additionalProperties = false,
    properties = {
      instructions = { description = "What to write, for whom, in which tone.", type = "string",
        minLength = 1, maxLength = 20000 },
      data = { description = "What it is written from." },
      language = { description = "ISO 639, as de or zh-CN; the person's otherwise.", type = "string",
        pattern = "^[a-z]{2,3}(-[A-Za-z0-9]+)*$" },
      max_chars = { description = "Characters at most; a longer text is sent back.",
        type = "integer", minimum = 1, maximum = 200000 },
      max_bytes = { description = "Bytes of UTF-8 at most.", type = "integer", minimum = 1,
        maximum = 500000 },
    },
  },
  returns = {
    type = "object",
    required = { "text" },
    properties = { text = { type = "string" } },
  },
  run = builtin "model.write",
  examples = {
    {
      words = { en = "draft an apology to the buyer in German", zh = "用德语给买家写一封致歉信",
        ja = "購入者へのお詫びをドイツ語で下書きして" },
      args = { instructions = "Apologize for the late parcel; offer nothing.",
        data = { buyer = "Jörg", order = "A2", days_late = 4 }, language = "de" },
    },
  },
  tests = {
    { name = "without a model it says so", args = { instructions = "Say hello." },
      fails = "unavailable" },
  },
}
