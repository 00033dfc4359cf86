return tool {
  name = "mail.send",
  summary = "Send an e-mail.",
  texts = { zh = { summary = "发送电子邮件。" } },
  effect = "write",
  idempotent = "key",
  params = { type = "object", additionalProperties = false,
    required = { "to", "subject", "text" },
    properties = {
      to = { type = "string", format = "email" },
      subject = { type = "string" },
      text = { type = "string" } } },
  returns = { type = "object", required = { "id" }, properties = { id = { type = "string" } } },
  run = function(args) return { id = "mail-" .. args.to } end,
}
