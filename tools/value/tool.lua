--- value: give a value a name, so that later steps can refer to it.
return tool {
  name = "value",
  summary = "Keep a value under the step's name: a constant, or what an expression computes.",
  texts = {
    zh = { summary = "把一个值(常量或表达式的结果)存到这一步的名字下,供后面的步骤使用。" },
    ja = { summary = "値(定数または式の結果)をこのステップの名前で保持し、後のステップで使えるようにします。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 5,
  params = {
    type = "object",
    required = { "value" },
    additionalProperties = false,
    properties = { value = { description = "Any JSON value; it is the result as it is." } },
  },
  returns = { description = "The value that was given." },
  run = function(args)
    return args.value
  end,
  examples = {
    {
      words = { en = "remember 20 EUR as the limit", zh = "把上限记为20欧元", ja = "上限を20ユーロとする" },
      args = { value = { amount = 20, currency = "EUR" } },
    },
  },
  tests = {
    { name = "gives a text back", args = { value = "山田" }, gives = "山田" },
    { name = "gives false back", args = { value = false }, gives = false },
    { name = "gives a list back whole", args = { value = { 1, "two", { three = 3 } } },
      gives = { 1, "two", { three = 3 } } },
  },
}
