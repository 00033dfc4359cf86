return tool {
  name = "offers.list",
  summary = "Offers of competitors for a product.",
  texts = { zh = { summary = "竞争对手对某商品的报价。" } },
  effect = "read",
  idempotent = true,
  trust = "untrusted",
  params = { type = "object", additionalProperties = false,
    required = { "sku" },
    properties = {
      sku = { type = "string" } } },
  returns = { type = "object", required = { "rows" }, properties = { rows = { type = "array", items = { type = "object",
      properties = { seller = { type = "string" }, price = { type = "number" } } } } } },
  run = function(args)
    local cheap = { ["SC-1"] = 14.49, ["SC-3"] = 4.2 }
    return { rows = { { seller = "other", price = cheap[args.sku] or 99 } } }
  end,
}
