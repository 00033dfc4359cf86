--- wait: until a time, or for a while; survives restarts.
return tool {
  name = "wait",
  summary = "Wait until a time in a zone, or for some minutes, hours or days. The past means "
    .. "at once.",
  texts = {
    zh = { summary = "等到某个时区的某一时刻,或等待若干分钟、小时、天;时间已过则立即继续。" },
    ja = { summary = "指定した時刻(タイムゾーン付き)まで、または一定時間待ちます。過去の時刻ならすぐ進みます。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 30,
  trust = "trusted",
  params = {
    type = "object",
    additionalProperties = false,
    minProperties = 1,
    properties = {
      ["until"] = {
        description = "ISO 8601 date or time, as 2026-11-27 or 2026-11-27T09:00 or with an offset.",
        type = "string", minLength = 10, maxLength = 40,
      },
      zone = {
        description = "IANA zone of `until` when it has no offset; the task's zone otherwise.",
        type = "string", maxLength = 64,
      },
      seconds = { type = "number", minimum = 0, maximum = 31536000 },
      minutes = { type = "number", minimum = 0, maximum = 525600 },
      hours = { type = "number", minimum = 0, maximum = 8760 },
      days = { type = "number", minimum = 0, maximum = 365 },
    },
  },
  returns = {
    type = "object",
    required = { "until" },
    properties = { ["until"] = { description = "The instant, in UTC.", type = "string" } },
  },
  preview = function(args, lang)
    local what = args["until"]
    if what and args.zone then what = what .. " (" .. args.zone .. ")" end
    if not what then
      local parts = {}
      for _, unit in ipairs { "days", "hours", "minutes", "seconds" } do
        if args[unit] then parts[#parts + 1] = tostring(args[unit]) .. " " .. unit end
      end
      what = table.concat(parts, " ")
    end
    if lang == "zh" then return "等待:" .. what end
    if lang == "ja" then return "待機:" .. what end
    return "Wait: " .. what
  end,
  run = builtin "wait",
  examples = {
    {
      words = {
        en = "wait until Friday midnight in Los Angeles",
        zh = "等到洛杉矶时间周五零点",
        ja = "ロサンゼルス時間の金曜午前0時まで待つ",
      },
      args = { ["until"] = "2026-11-27T00:00", zone = "America/Los_Angeles" },
    },
  },
  tests = {
    { name = "a time that is none is refused", args = { ["until"] = "next Friday" },
      fails = "invalid" },
    { name = "a zone that is none is refused",
      args = { ["until"] = "2026-11-27T00:00", zone = "Mars/Olympus" }, fails = "invalid" },
    { name = "the 30th of February is refused", args = { ["until"] = "2026-02-30" },
      fails = "invalid" },
  },
}
