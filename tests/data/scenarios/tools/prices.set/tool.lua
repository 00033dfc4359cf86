return tool {
  name = "prices.set",
  summary = "Set a product's price.",
  texts = { zh = { summary = "设置商品价格。" } },
  effect = "write",
  idempotent = "key",
  params = { type = "object", additionalProperties = false,
    required = { "sku", "price" },
    properties = {
      sku = { type = "string" },
      price = { type = "number", exclusiveMinimum = 0 } } },
  returns = { type = "object", required = { "id" }, properties = { id = { type = "string" } } },
  run = function(args) return { id = args.sku } end,
}
