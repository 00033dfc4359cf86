return tool {
  name = "inventory.list",
  summary = "Products with stock, sales, cost and price.",
  texts = { zh = { summary = "商品的库存、销量、成本和售价。" } },
  effect = "read",
  idempotent = true,
  trust = "trusted",
  data = { "rows.json" },
  params = { type = "object", additionalProperties = false,
    properties = {
      sku = { type = "string" } } },
  returns = { type = "object", required = { "rows" }, properties = { rows = { type = "array", items = { type = "object",
      properties = { sku = { type = "string" }, name = { type = "string" }, stock = { type = "integer" }, sold_30d = { type = "integer" }, supplier = { type = "string" }, cost = { type = "number" }, price = { type = "number" } } } } } },
  run = function(args)
    return { rows = filter(data.rows, function(p) return not args.sku or p.sku == args.sku end) }
  end,
}
