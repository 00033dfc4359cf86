--- fx.rates: the European Central Bank's daily reference rates, seen from any currency.

local ADDRESS = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
local CACHE_KEY, A_DAY = "ecb-daily", 86400

--- The daily file as { date, rates = { USD = "1.1041" } }, or nil when it is something else.
local function parse(xml)
  local date = xml:match("<Cube%s+time%s*=%s*['\"](%d%d%d%d%-%d%d%-%d%d)['\"]")
  local rates, n = {}, 0
  for code, rate in
    xml:gmatch("<Cube%s+currency%s*=%s*['\"](%u%u%u)['\"]%s+rate%s*=%s*['\"](%d+%.?%d*)['\"]")
  do
    if money.compare(rate, "0") > 0 then
      rates[code] = rate
      n = n + 1
    end
  end
  if not date or n < 10 then return nil end
  return { date = date, rates = rates }
end

--- From the cache, else from the bank; nil and why not.
local function today()
  local kept = cache.get(CACHE_KEY)
  if kept then return kept end
  local reply, err = http.request { url = ADDRESS, method = "GET", timeout = 15 }
  if not reply then return nil, type(err) == "table" and err.message or tostring(err) end
  if reply.status ~= 200 then return nil, "the bank answered with status " .. reply.status end
  local day = parse(reply.body or "")
  if not day then return nil, "the bank's answer is not its daily file" end
  cache.put(CACHE_KEY, day, A_DAY)
  return day
end

--- What one euro buys: the bank's rates, and currencies that are fixed to one of them.
local function all_of(bank)
  local per_euro = { EUR = "1" }
  for code, rate in pairs(bank) do per_euro[code] = rate end
  for code, peg in pairs(bank.USD and data.pegs.pegs or {}) do
    per_euro[code] = per_euro[code] or money.round(money.mul(bank.USD, peg.per_usd), 14)
  end
  return per_euro
end

--- What is said of the rates, in the language of the task.
local SAY = {
  sample = {
    en = "These are the rates of a sample of %s, not of today: %s",
    zh = "这是 %s 的样本汇率,不是今天的:%s",
    ja = "これは %s のサンプルレートで、今日のものではありません: %s",
  },
  pegs = {
    en = "not quoted by the European Central Bank, counted at the official rate to one USD: %s",
    zh = "欧洲央行不报价,按对1美元的官方汇率计算:%s",
    ja = "欧州中央銀行が公表していないため、1米ドルに対する公定レートで計算: %s",
  },
}

local function say(what, lang, ...)
  return (SAY[what][lang] or SAY[what].en):format(...)
end

--- A sentence about those of the currencies that are not the bank's own, or nil.
local function pegs_told(codes, bank, lang)
  local told = {}
  for _, code in ipairs(codes) do
    local peg = data.pegs.pegs[code]
    if peg and not bank[code] then told[#told + 1] = code .. " " .. peg.per_usd end
  end
  return #told > 0 and say("pegs", lang, join(told)) or nil
end

--- What one unit of `base` buys; 14 places keep eight digits even of what one rupiah buys.
local function cross(per_euro, base)
  if not per_euro[base] then return nil end
  local out = {}
  for code, rate in pairs(per_euro) do
    out[code] = code == base and 1 or tonumber(money.div(rate, per_euro[base], 14))
  end
  return out
end

return tool {
  name = "fx.rates",
  summary = "Reference exchange rates of the European Central Bank: what one unit of the base "
    .. "buys.",
  texts = {
    zh = { summary = "欧洲央行参考汇率:一个单位的基准货币能换多少其他货币。" },
    ja = { summary = "欧州中央銀行の参考為替レート。基準通貨1単位で買える各通貨の額です。" },
  },
  effect = "read",
  idempotent = true,
  timeout = 40,
  retry = { attempts = 2, wait = 1 },
  hosts = { "www.ecb.europa.eu" },
  trust = "trusted",
  data = { "sample.json", "pegs.json" },
  params = {
    type = "object",
    additionalProperties = false,
    properties = {
      base = { description = "ISO 4217.", type = "string", pattern = "^[A-Z]{3}$",
        default = "EUR" },
      only = { description = "Currencies wanted; all about 30 otherwise.", type = "array",
        items = { type = "string", pattern = "^[A-Z]{3}$" } },
    },
  },
  returns = {
    type = "object",
    required = { "base", "date", "rates", "source", "sample", "notes" },
    properties = {
      base = { type = "string" },
      date = { description = "The day the rates are of.", type = "string", format = "date" },
      rates = { description = "rates.USD is the number of US dollars that one unit of the "
        .. "base buys; AED, QAR and SAR by their official rate to the dollar.",
        type = "object", additionalProperties = { type = "number", exclusiveMinimum = 0 } },
      source = { type = "string" },
      sample = { description = "true: the bundled sample of an old day, as the bank could not "
        .. "be reached.",
        type = "boolean" },
      notes = { type = "array", items = { type = "string" } },
    },
  },
  run = function(args, ctx)
    local base, notes = args.base or "EUR", json.array()
    local lang = ctx.env.language
    local source, sample = "European Central Bank", false
    local day, why = today()

    if not day then
      day, sample = data.sample, true
      source = "sample of " .. day.date .. " (European Central Bank)"
      notes[1] = say("sample", lang, day.date, why)
    end
    local rates = cross(all_of(day.rates), base)
    if not rates then
      return nil, { code = "invalid", message = "base: the bank has no rate for " .. base }
    end
    if args.only then
      local some = {}
      for _, code in ipairs(args.only) do
        if not rates[code] then
          return nil, { code = "invalid", message = "only: the bank has no rate for " .. code }
        end
        some[code] = rates[code]
      end
      rates = some
    end
    notes[#notes + 1] = pegs_told(unique(flatten { { base }, keys(rates) }), day.rates, lang)
    return { base = base, date = day.date, rates = rates, source = source, sample = sample,
      notes = notes }
  end,
  examples = {
    {
      words = { en = "what is the euro worth in yuan today?", zh = "今天1欧元兑多少人民币?",
        ja = "今日のユーロは何人民元?" },
      args = { base = "EUR", only = { "CNY" } },
    },
  },
  tests = {
    { name = "one yuan in euros and yen from the bank's file",
      args = { base = "CNY", only = { "EUR", "JPY", "CNY" } },
      http = { { url = ADDRESS, reply = { status = 200, body = [[
<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope><Cube><Cube time='2026-11-20'>
<Cube currency='USD' rate='1.10'/><Cube currency='JPY' rate='160'/><Cube currency='GBP' rate='0.85'/>
<Cube currency='CHF' rate='0.95'/><Cube currency='CNY' rate='8'/><Cube currency='AUD' rate='1.7'/>
<Cube currency='CAD' rate='1.5'/><Cube currency='SEK' rate='11'/><Cube currency='PLN' rate='4.3'/>
<Cube currency='SGD' rate='1.45'/></Cube></Cube></gesmes:Envelope>]] } } },
      gives = { base = "CNY", date = "2026-11-20", sample = false,
        rates = { EUR = 0.125, JPY = 20, CNY = 1 } } },
    { name = "without a network the sample is labelled as one",
      args = { base = "EUR", only = { "USD" } },
      http = json.array(),
      gives = { date = "2019-11-11", sample = true, rates = { USD = 1.1041 },
        source = "sample of 2019-11-11 (European Central Bank)" } },
    { name = "an answer that is no rates file is not believed",
      args = { only = { "USD" } },
      http = { { url = ADDRESS, reply = { status = 200, body = "<html>busy</html>" } } },
      gives = { sample = true, date = "2019-11-11" } },
    { name = "a currency that is fixed to the dollar is counted by it, and a note says so",
      args = { base = "USD", only = { "AED" } },
      http = json.array(),
      gives = { rates = { AED = 3.6725 } } },
    { name = "a fixed currency can be the base", args = { base = "AED", only = { "EUR" } },
      http = json.array(), gives = { rates = { EUR = 0.24662084739046 } } },
    { name = "a currency the bank does not quote is named", args = { base = "XAU" },
      http = json.array(), fails = "invalid" },
  },
}
