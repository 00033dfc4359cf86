--- http.get: fetch one address of a declared host.
--- To reach other hosts, copy this folder under your tools_path, give it a name of your own
--- and list the hosts there: what is not declared is refused.
return tool {
  name = "http.get",
  summary = "Fetch a public address over HTTPS. Hosts: those listed in the tool's file.",
  texts = {
    zh = { summary = "通过 HTTPS 获取一个公开网址;只允许工具文件中列出的主机。" },
    ja = { summary = "HTTPS で公開アドレスを取得します。ツールのファイルに書かれたホストだけが対象です。" },
  },
  effect = "read",
  idempotent = true,
  timeout = 60,
  retry = { attempts = 3, wait = 1 },
  hosts = { "www.ecb.europa.eu", "data-api.ecb.europa.eu" },
  trust = "untrusted",
  controls = { "url" },
  params = {
    type = "object",
    required = { "url" },
    additionalProperties = false,
    properties = {
      url = { type = "string", format = "uri", pattern = "^https://", maxLength = 4096 },
      accept = { description = "Media type to ask for.", type = "string", maxLength = 200 },
      max_bytes = { description = "Refuse a longer body.", type = "integer", minimum = 1,
        maximum = 33554432, default = 4194304 },
    },
  },
  returns = {
    type = "object",
    required = { "status", "headers", "body" },
    properties = {
      status = { description = "200 to 299; anything else is an error.", type = "integer" },
      headers = { description = "Names in lower case.", type = "object",
        additionalProperties = { type = "string" } },
      body = { description = "Text.", type = "string" },
      json = { description = "The body, when it is JSON." },
    },
  },
  preview = function(args, lang)
    if lang == "zh" then return "获取 " .. args.url end
    if lang == "ja" then return args.url .. " を取得" end
    return "Fetch " .. args.url
  end,
  run = builtin "http.get",
  examples = {
    {
      words = { en = "fetch the ECB's daily rates file", zh = "下载欧洲央行的每日汇率文件",
        ja = "ECBの日次レートのファイルを取得" },
      args = { url = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml" },
    },
  },
  tests = {
    { name = "a host that is not declared is refused", args = { url = "https://example.com/" },
      fails = "denied" },
    { name = "a private address is refused", args = { url = "https://127.0.0.1/" },
      fails = "denied" },
    { name = "plain http is refused", args = { url = "http://www.ecb.europa.eu/" },
      fails = "invalid" },
  },
}
