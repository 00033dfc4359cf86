return tool {
  name = "links.check",
  summary = "Does an address answer?",
  texts = { zh = { summary = "网址是否可用?" } },
  effect = "read",
  idempotent = true,
  trust = "untrusted",
  params = { type = "object", additionalProperties = false,
    required = { "url" },
    properties = {
      url = { type = "string" } } },
  returns = { type = "object", required = { "ok" }, properties = { ok = { type = "boolean" }, status = { type = "integer" } } },
  run = function(args) return { ok = not args.url:find("broken"), status = args.url:find("broken") and 404 or 200 } end,
}
