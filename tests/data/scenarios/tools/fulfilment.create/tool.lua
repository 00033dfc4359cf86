return tool {
  name = "fulfilment.create",
  summary = "Create a fulfilment order.",
  texts = { zh = { summary = "创建发货订单。" } },
  effect = "write",
  idempotent = "key",
  params = { type = "object", additionalProperties = false,
    required = { "name", "address", "sku" },
    properties = {
      name = { type = "string" },
      address = { type = "string" },
      sku = { type = "string" } } },
  returns = { type = "object", required = { "tracking" }, properties = { tracking = { type = "string" } } },
  run = function(args) return { tracking = "T-" .. args.sku .. "-" .. #args.name } end,
}
