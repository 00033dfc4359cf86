return tool {
  name = "payments.pay",
  summary = "Pay a supplier.",
  texts = { zh = { summary = "给供应商付款。" } },
  effect = "spend",
  idempotent = "key",
  params = { type = "object", additionalProperties = false,
    required = { "to_account", "amount", "currency" },
    properties = {
      to_account = { type = "string" },
      amount = { type = "number", exclusiveMinimum = 0 },
      currency = { type = "string", pattern = "^[A-Z]{3}$" },
      reference = { type = "string" } } },
  returns = { type = "object", required = { "id" }, properties = { id = { type = "string" } } },
  run = function(args) return { id = "pay-" .. args.to_account } end,
}
