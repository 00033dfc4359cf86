return tool {
  name = "orders.refund",
  summary = "Pay an order's money back to the buyer.",
  texts = { zh = { summary = "把订单的钱退还给买家。" } },
  effect = "spend",
  idempotent = "key",
  params = { type = "object", additionalProperties = false,
    required = { "order", "amount" },
    properties = {
      order = { type = "string" },
      amount = { type = "number", exclusiveMinimum = 0 },
      reason = { type = "string", enum = { "lost", "damaged", "goodwill" }, default = "goodwill" } } },
  returns = { type = "object", required = { "id" }, properties = { id = { type = "string" } } },
  run = function(args) return { id = "refund-" .. args.order } end,
}
