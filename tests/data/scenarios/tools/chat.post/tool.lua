return tool {
  name = "chat.post",
  summary = "Post to a chat group.",
  texts = { zh = { summary = "在聊天群里发消息。" } },
  effect = "write",
  idempotent = "key",
  params = { type = "object", additionalProperties = false,
    required = { "channel", "text" },
    properties = {
      channel = { type = "string" },
      text = { type = "string" } } },
  returns = { type = "object", required = { "id" }, properties = { id = { type = "string" } } },
  run = function(args) return { id = "post-" .. args.channel } end,
}
