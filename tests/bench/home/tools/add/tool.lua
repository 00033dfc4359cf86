--- add: the tool of the benchmark's workload.
return tool {
  name = "add",
  summary = "Add two numbers.",
  effect = "none",
  params = {
    type = "object",
    required = { "a", "b" },
    properties = { a = { type = "integer" }, b = { type = "integer" } },
  },
  returns = { type = "integer" },
  run = function(args)
    return args.a + args.b
  end,
}
