--- bench: the agent of the benchmark's workload.
return agent {
  name = "bench",
  summary = "Adds with the tool add.",
  instructions = "Use the tool add, then answer.",
  tools = { "add" },
}
