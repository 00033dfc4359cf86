--- model.look: what is to be seen in images of the task.
return tool {
  name = "model.look",
  summary = "Have a model look at images of the task and answer a question about them.",
  texts = {
    zh = { summary = "让模型查看任务中的图片并回答问题。" },
    ja = { summary = "タスクの画像をモデルに見せて質問に答えさせます。" },
  },
  effect = "read",
  idempotent = true,
  timeout = 300,
  files = { "in", "out" },
  trust = "untrusted",
  params = {
    type = "object",
    required = { "paths", "question" },
    additionalProperties = false,
    properties = {
      paths = { description = "PNG, JPEG, GIF or WebP of the task, up to 5 MB each.",
        type = "array", minItems = 1, maxItems = 8, items = { type = "string", minLength = 1,
        maxLength = 4096 } },
      question = { type = "string", minLength = 1, maxLength = 20000 },
      schema = { description = "JSON Schema of the answer; a text otherwise.", type = "object",
        minProperties = 1 },
    },
  },
  returns = {
    type = "object",
    properties = {
      text = { description = "Without a schema.", type = "string" },
      value = { description = "Valid by the schema." },
    },
  },
  run = builtin "model.look",
  examples = {
    {
      words = { en = "is the background of this photo white?", zh = "这张图片的背景是白色吗?",
        ja = "この写真の背景は白ですか" },
      args = { paths = { "lamp.jpg" }, question = "Is the background white?" },
    },
  },
  tests = {
    { name = "a file that is not there is named", args = { paths = { "none.png" },
      question = "What?" }, fails = "not_found" },
  },
}
