--- _template: copy this folder, rename it, and say here in one line what the tool does.
--- docs/tools.md explains each field; `supercargo check tools/NAME` runs the tests.
return tool {
  name = "template.greet",
  summary = "Greet somebody by name.",
  texts = {
    zh = { summary = "按名字问候某人。" },
    ja = { summary = "名前を呼んで挨拶します。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 5,
  params = {
    type = "object",
    required = { "name" },
    additionalProperties = false,
    properties = {
      name = { description = "Whom to greet.", type = "string", minLength = 1, maxLength = 100 },
      style = { type = "string", enum = { "plain", "warm" }, default = "plain" },
    },
  },
  returns = {
    type = "object",
    required = { "text" },
    properties = { text = { type = "string" } },
  },
  run = function(args)
    if args.name:match("^%s*$") then
      return nil, { code = "invalid", message = "name: is only spaces" }
    end
    return { text = (args.style == "warm" and "Dear " or "Hello ") .. args.name }
  end,
  examples = {
    { words = { en = "greet Li", zh = "问候小李", ja = "李さんに挨拶して" }, args = { name = "Li" } },
  },
  tests = {
    { name = "greets plainly unless told otherwise", args = { name = "Li" },
      gives = { text = "Hello Li" } },
    { name = "greets warmly", args = { name = "Li", style = "warm" },
      gives = { text = "Dear Li" } },
    { name = "spaces are no name", args = { name = "  " }, fails = "invalid" },
  },
}
