return tool {
  name = "orders.list",
  summary = "Orders of all shops, newest first.",
  texts = { zh = { summary = "所有店铺的订单,最新在前。" }, ja = { summary = "全店舗の注文、新しい順。" } },
  effect = "read",
  idempotent = true,
  trust = "untrusted",
  data = { "rows.json" },
  params = { type = "object", additionalProperties = false,
    properties = {
      status = { type = "string", enum = { "paid", "shipped", "lost", "refunded" } },
      unshipped_hours = { description = "Only paid ones that have waited at least so long.", type = "number", minimum = 0 } } },
  returns = { type = "object", required = { "rows" }, properties = { rows = { type = "array", items = { type = "object",
      properties = { id = { type = "string" }, sku = { type = "string" }, amount = { type = "number" }, currency = { type = "string" }, status = { type = "string", enum = { "paid", "shipped", "lost", "refunded" } }, buyer = { type = "string" }, language = { type = "string" }, email = { type = "string" }, hours = { type = "number" }, shop = { type = "string" } } } } } },
  run = function(args)
    return { rows = filter(data.rows, function(o)
      return (not args.status or o.status == args.status)
        and (not args.unshipped_hours or (o.status == "paid" and o.hours >= args.unshipped_hours))
    end) }
  end,
}
