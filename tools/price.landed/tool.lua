--- price.landed: a selling price from what the goods cost. The formula is in docs/pricing.md.
--- All amounts are decimal texts inside (money.*), numbers only in the result.

--- Division and products keep this many places; results are rounded to the currency's.
local PLACES, RATE_PLACES = 10, 14

local function mul(a, b) return money.round(money.mul(a, b), PLACES) end
local function div(a, b) return money.div(a, b, PLACES) end
local function share(percent) return div(money.text(percent), "100") end

local function optional(v) return money.text(v or 0) end

--- Cost, freight and duty of one piece in the market's currency.
local function landed(args, market, rate)
  local cost = money.round(mul(money.text(args.cost), rate), market.places)
  local carried = mul(optional(args.freight_per_kg), optional(args.weight_kg))
  local freight =
    money.round(mul(money.add(optional(args.freight), carried), rate), market.places)
  local base = market.duty_base.of == "cif" and money.add(cost, freight) or cost
  local duty = money.round(mul(base, share(args.duty_percent or 0)), market.places)
  return cost, freight, duty, money.add(money.add(cost, freight), duty)
end

--- Price with tax over price without: 1.19; for a tax that is a share of the price with
--- it, 1 / (1 - 0.17).
local function tax_factor(market, percent)
  if market.tax.calculation == "inside" then
    return div("1", money.sub("1", share(percent)))
  end
  return money.add("1", share(percent))
end

--- The shown price that meets the goal exactly; nil when fees and margin leave nothing.
local function exact_price(args, landed_cost, factor)
  local fee = mul(share(args.fee_percent or 0), factor)
  local fixed = optional(args.fee_fixed)
  local top, left
  if args.margin_percent then
    top = money.add(landed_cost, fixed)
    left = money.sub(money.sub("1", share(args.margin_percent)), fee)
  else
    top = money.add(mul(landed_cost, money.add("1", share(args.markup_percent))), fixed)
    left = money.sub("1", fee)
  end
  if money.compare(left, "0") <= 0 then return nil end
  return money.round(mul(div(top, left), factor), 4)
end

--- The least price with the ending that is not below the exact one.
local function with_ending(price, ending)
  if money.compare(price, ending.ending) <= 0 and money.compare(ending.ending, "0") > 0 then
    return ending.ending
  end
  local steps = money.round(div(money.sub(price, ending.ending), ending.step), 0, "up")
  return money.add(money.mul(steps, ending.step), ending.ending)
end

local function ending_of(args, market)
  if args.ending == "none" then
    return { step = market.places == 0 and "1" or "0.01", ending = "0" }
  end
  return market.ending
end

local function percent_of(part, whole)
  if money.compare(whole, "0") == 0 then return nil end
  return tonumber(money.round(money.mul(div(part, whole), "100"), 2))
end

local function notes_of(args, market)
  local notes = json.array()
  if not args.duty_percent then notes[#notes + 1] = "duty was not given: 0 % assumed" end
  if market.tax.display == "excluded" then
    notes[#notes + 1] = "the price is without " .. market.tax.name
  end
  return notes
end

--- The rate from the cost's currency to the market's, or nil and why.
local function rate_of(args, market)
  if args.currency == market.currency then return "1" end
  local rate = args.rates and args.rates[market.currency]
  if not rate then
    return nil, "rates: there is no rate from " .. args.currency .. " to " .. market.currency
  end
  return money.round(money.text(rate), RATE_PLACES)
end

return tool {
  name = "price.landed",
  summary = "Selling price of one piece in a market from cost, freight, duty, tax, fees and a "
    .. "margin or markup.",
  texts = {
    zh = { summary = "由成本、运费、关税、税、费用和毛利率(或加价率)计算某市场的售价。" },
    ja = { summary = "原価・運賃・関税・税・手数料と粗利率(または上乗せ率)から、市場ごとの販売価格を計算します。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 10,
  data = { "markets.json" },
  params = {
    type = "object",
    required = { "market", "cost", "currency" },
    additionalProperties = false,
    properties = {
      market = { description = "Country where it is sold.", type = "string",
        enum = { "DE", "FR", "IT", "ES", "GB", "US", "JP", "CA", "AU", "MX", "BR", "AE", "SG", "NL",
          "SE", "PL", "CH", "KR" } },
      cost = { description = "Of one piece, in `currency`.", type = "number",
        exclusiveMinimum = 0 },
      currency = { description = "Of cost and freight: ISO 4217.", type = "string",
        pattern = "^[A-Z]{3}$" },
      rates = { description = "What one unit of `currency` buys, by currency: fx.rates(base = "
        .. "currency).rates.",
        type = "object", additionalProperties = { type = "number", exclusiveMinimum = 0 } },
      freight = { description = "Of one piece, in `currency`.", type = "number", minimum = 0 },
      freight_per_kg = { description = "In `currency`; needs weight_kg.", type = "number",
        minimum = 0 },
      weight_kg = { type = "number", minimum = 0 },
      duty_percent = { description = "Of the goods' HS code in that market; 4.7 means 4.7 %.",
        type = "number", minimum = 0, maximum = 1000 },
      tax_percent = { description = "Instead of the market's standard VAT, GST or consumption tax.",
        type = "number", minimum = 0, maximum = 60 },
      fee_percent = { description = "Of the shown price: marketplace, payment.", type = "number",
        minimum = 0, exclusiveMaximum = 100 },
      fee_fixed = { description = "Per piece, in the market's currency.", type = "number",
        minimum = 0 },
      margin_percent = { description = "Profit as a share of the price before tax. Either "
        .. "this or markup_percent.",
        type = "number", minimum = 0, exclusiveMaximum = 100 },
      markup_percent = { description = "Profit as a share of the landed cost.", type = "number",
        minimum = 0, maximum = 10000 },
      ending = { description = "market: rounded up to the market's habit (19.99, 1,980 yen); "
        .. "none: to the smallest unit.",
        type = "string", enum = { "market", "none" }, default = "market" },
    },
  },
  returns = {
    type = "object",
    required = { "price", "currency", "price_includes_tax", "tax_percent", "tax", "net_price",
      "cost",
      "freight", "duty", "landed_cost", "fees", "profit", "margin_percent", "rate", "notes" },
    properties = {
      price = { description = "As shown to buyers, in `currency`.", type = "number" },
      currency = { description = "Of the market; of all amounts here.", type = "string" },
      price_includes_tax = { type = "boolean" },
      tax_percent = { type = "number" },
      tax = { description = "In the price; 0 when it is shown without.", type = "number" },
      net_price = { description = "Before tax.", type = "number" },
      cost = { type = "number" },
      freight = { type = "number" },
      duty = { type = "number" },
      landed_cost = { description = "cost + freight + duty.", type = "number" },
      fees = { type = "number" },
      profit = { description = "net_price - landed_cost - fees.", type = "number" },
      margin_percent = { description = "profit / net_price, after rounding.", type = "number" },
      rate = { description = "Used, from the cost's currency.", type = "number" },
      market_data_of = { description = "Day of the tax figures.", type = "string",
        format = "date" },
      notes = { type = "array", items = { type = "string" } },
    },
  },
  run = function(args)
    local market = data.markets.markets[args.market]
    if not args.margin_percent == not args.markup_percent then
      return nil, { code = "invalid", message = "give either margin_percent or markup_percent" }
    end
    if args.freight_per_kg and not args.weight_kg then
      return nil, { code = "invalid", message = "freight_per_kg needs weight_kg" }
    end
    local rate, why = rate_of(args, market)
    if not rate then return nil, { code = "invalid", message = why } end

    local tax_percent = args.tax_percent or tonumber(market.tax.percent)
    local shown_with_tax = market.tax.display == "included"
    local factor = shown_with_tax and tax_factor(market, tax_percent) or "1"
    local cost, freight, duty, total = landed(args, market, rate)
    local exact = exact_price(args, total, factor)
    if not exact then
      return nil, { code = "invalid",
        message = "margin and fees together leave nothing of the price: lower one of them" }
    end
    local price = with_ending(exact, ending_of(args, market))
    local net = money.round(div(price, factor), market.places)
    local fees = money.round(
      money.add(mul(price, share(args.fee_percent or 0)), optional(args.fee_fixed)), market.places)
    local profit = money.sub(money.sub(net, total), fees)
    return {
      price = tonumber(price), currency = market.currency, price_includes_tax = shown_with_tax,
      tax_percent = tax_percent, tax = tonumber(money.sub(price, net)), net_price = tonumber(net),
      cost = tonumber(cost), freight = tonumber(freight), duty = tonumber(duty),
      landed_cost = tonumber(total), fees = tonumber(fees), profit = tonumber(profit),
      margin_percent = percent_of(profit, net), rate = tonumber(rate),
      market_data_of = data.markets.as_of, notes = notes_of(args, market),
    }
  end,
  examples = {
    {
      words = {
        en = "what must the lamp that costs 40 yuan sell for in Germany at a margin of 30 %?",
        zh = "成本40元的灯按30%毛利在德国卖多少钱?",
        ja = "原価40元のランプを粗利30%でドイツで売る価格は?",
      },
      args = { market = "DE", cost = 40, currency = "CNY", rates = { EUR = 0.125 }, freight = 8,
        duty_percent = 4.7, fee_percent = 15, margin_percent = 30 },
    },
  },
  tests = {
    -- Germany: 6.28 / (1 - 0.30 - 0.15 x 1.19) x 1.19 = 14.3302
    { name = "Germany at 30 % margin",
      args = { market = "DE", cost = 40, currency = "CNY", rates = { EUR = 0.125 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 14.99, currency = "EUR", net_price = 12.6, cost = 5, freight = 1,
        duty = 0.28, landed_cost = 6.28, fees = 2.25, profit = 4.07, margin_percent = 32.3 } },
    -- France: 6.28 / (1 - 0.30 - 0.15 x 1.2) x 1.2 = 14.4923
    { name = "France at 30 % margin",
      args = { market = "FR", cost = 40, currency = "CNY", rates = { EUR = 0.125 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 14.99, currency = "EUR", net_price = 12.49, cost = 5, freight = 1,
        duty = 0.28, landed_cost = 6.28, fees = 2.25, profit = 3.96, margin_percent = 31.71 } },
    -- Italy: 6.28 / (1 - 0.30 - 0.15 x 1.22) x 1.22 = 14.8193
    { name = "Italy at 30 % margin",
      args = { market = "IT", cost = 40, currency = "CNY", rates = { EUR = 0.125 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 14.99, currency = "EUR", net_price = 12.29, cost = 5, freight = 1,
        duty = 0.28, landed_cost = 6.28, fees = 2.25, profit = 3.76, margin_percent = 30.59 } },
    -- Spain: 6.28 / (1 - 0.30 - 0.15 x 1.21) x 1.21 = 14.6554
    { name = "Spain at 30 % margin",
      args = { market = "ES", cost = 40, currency = "CNY", rates = { EUR = 0.125 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 14.99, currency = "EUR", net_price = 12.39, cost = 5, freight = 1,
        duty = 0.28, landed_cost = 6.28, fees = 2.25, profit = 3.86, margin_percent = 31.15 } },
    -- United Kingdom: 5.53 / (1 - 0.30 - 0.15 x 1.2) x 1.2 = 12.7615
    { name = "United Kingdom at 30 % margin",
      args = { market = "GB", cost = 40, currency = "CNY", rates = { GBP = 0.11 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 12.99, currency = "GBP", net_price = 10.83, cost = 4.4, freight = 0.88,
        duty = 0.25, landed_cost = 5.53, fees = 1.95, profit = 3.35, margin_percent = 30.93 } },
    -- United States: 6.98 / (1 - 0.30 - 0.15 x 1) x 1 = 12.6909
    { name = "United States at 30 % margin",
      args = { market = "US", cost = 40, currency = "CNY", rates = { USD = 0.14 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 12.99, currency = "USD", net_price = 12.99, cost = 5.6, freight = 1.12,
        duty = 0.26, landed_cost = 6.98, fees = 1.95, profit = 4.06, margin_percent = 31.25 } },
    -- Japan: 1055 / (1 - 0.30 - 0.15 x 1.1) x 1.1 = 2169.1589
    { name = "Japan at 30 % margin",
      args = { market = "JP", cost = 40, currency = "CNY", rates = { JPY = 21 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 2180, currency = "JPY", net_price = 1982, cost = 840, freight = 168,
        duty = 47, landed_cost = 1055, fees = 327, profit = 600, margin_percent = 30.27 } },
    -- Canada: 9.98 / (1 - 0.30 - 0.15 x 1) x 1 = 18.1455
    { name = "Canada at 30 % margin",
      args = { market = "CA", cost = 40, currency = "CNY", rates = { CAD = 0.2 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 18.99, currency = "CAD", net_price = 18.99, cost = 8, freight = 1.6,
        duty = 0.38, landed_cost = 9.98, fees = 2.85, profit = 6.16, margin_percent = 32.44 } },
    -- Australia: 10.47 / (1 - 0.30 - 0.15 x 1.1) x 1.1 = 21.5271
    { name = "Australia at 30 % margin",
      args = { market = "AU", cost = 40, currency = "CNY", rates = { AUD = 0.21 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 21.95, currency = "AUD", net_price = 19.95, cost = 8.4, freight = 1.68,
        duty = 0.39, landed_cost = 10.47, fees = 3.29, profit = 6.19, margin_percent = 31.03 } },
    -- Mexico: 125.64 / (1 - 0.30 - 0.15 x 1.16) x 1.16 = 277.0768
    { name = "Mexico at 30 % margin",
      args = { market = "MX", cost = 40, currency = "CNY", rates = { MXN = 2.5 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 279, currency = "MXN", net_price = 240.52, cost = 100, freight = 20,
        duty = 5.64, landed_cost = 125.64, fees = 41.85, profit = 73.03, margin_percent = 30.36 } },
    -- Brazil: 37.69 / (1 - 0.30 - 0.15 x 1/(1-0.17)) x 1/(1-0.17) = 87.4478
    { name = "Brazil at 30 % margin",
      args = { market = "BR", cost = 40, currency = "CNY", rates = { BRL = 0.75 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 87.9, currency = "BRL", net_price = 72.96, cost = 30, freight = 6,
        duty = 1.69, landed_cost = 37.69, fees = 13.19, profit = 22.08, margin_percent = 30.26 } },
    -- United Arab Emirates: 25.63 / (1 - 0.30 - 0.15 x 1.05) x 1.05 = 49.6065
    { name = "United Arab Emirates at 30 % margin",
      args = { market = "AE", cost = 40, currency = "CNY", rates = { AED = 0.51 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 50, currency = "AED", net_price = 47.62, cost = 20.4, freight = 4.08,
        duty = 1.15, landed_cost = 25.63, fees = 7.5, profit = 14.49, margin_percent = 30.43 } },
    -- Singapore: 9.05 / (1 - 0.30 - 0.15 x 1.09) x 1.09 = 18.3868
    { name = "Singapore at 30 % margin",
      args = { market = "SG", cost = 40, currency = "CNY", rates = { SGD = 0.18 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 18.9, currency = "SGD", net_price = 17.34, cost = 7.2, freight = 1.44,
        duty = 0.41, landed_cost = 9.05, fees = 2.84, profit = 5.45, margin_percent = 31.43 } },
    -- Netherlands: 6.28 / (1 - 0.30 - 0.15 x 1.21) x 1.21 = 14.6554
    { name = "Netherlands at 30 % margin",
      args = { market = "NL", cost = 40, currency = "CNY", rates = { EUR = 0.125 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 14.99, currency = "EUR", net_price = 12.39, cost = 5, freight = 1,
        duty = 0.28, landed_cost = 6.28, fees = 2.25, profit = 3.86, margin_percent = 31.15 } },
    -- Sweden: 70.36 / (1 - 0.30 - 0.15 x 1.25) x 1.25 = 171.6098
    { name = "Sweden at 30 % margin",
      args = { market = "SE", cost = 40, currency = "CNY", rates = { SEK = 1.4 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 179, currency = "SEK", net_price = 143.2, cost = 56, freight = 11.2,
        duty = 3.16, landed_cost = 70.36, fees = 26.85, profit = 45.99, margin_percent = 32.12 } },
    -- Poland: 27.14 / (1 - 0.30 - 0.15 x 1.23) x 1.23 = 64.7569
    { name = "Poland at 30 % margin",
      args = { market = "PL", cost = 40, currency = "CNY", rates = { PLN = 0.54 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 64.99, currency = "PLN", net_price = 52.84, cost = 21.6, freight = 4.32,
        duty = 1.22, landed_cost = 27.14, fees = 9.75, profit = 15.95, margin_percent = 30.19 } },
    -- Switzerland: 6.03 / (1 - 0.30 - 0.15 x 1.081) x 1.081 = 12.1194
    { name = "Switzerland at 30 % margin",
      args = { market = "CH", cost = 40, currency = "CNY", rates = { CHF = 0.12 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 12.15, currency = "CHF", net_price = 11.24, cost = 4.8, freight = 0.96,
        duty = 0.27, landed_cost = 6.03, fees = 1.82, profit = 3.39, margin_percent = 30.16 } },
    -- South Korea: 10051 / (1 - 0.30 - 0.15 x 1.1) x 1.1 = 20665.6075
    { name = "South Korea at 30 % margin",
      args = { market = "KR", cost = 40, currency = "CNY", rates = { KRW = 200 },
        freight_per_kg = 20, weight_kg = 0.4, duty_percent = 4.7, fee_percent = 15,
        margin_percent = 30 },
      gives = { price = 20900, currency = "KRW", net_price = 19000, cost = 8000, freight = 1600,
        duty = 451, landed_cost = 10051, fees = 3135, profit = 5814, margin_percent = 30.6 } },
    { name = "markup is a share of the landed cost",
      args = { market = "DE", cost = 10, currency = "EUR", markup_percent = 50, duty_percent = 0,
        ending = "none" },
      gives = { price = 17.85, net_price = 15, landed_cost = 10, profit = 5 } },
    { name = "a fixed fee is in the market's currency",
      args = { market = "US", cost = 10, currency = "USD", fee_fixed = 0.3, fee_percent = 2.9,
        margin_percent = 20, ending = "none" },
      gives = { price = 13.36, net_price = 13.36, landed_cost = 10, profit = 2.67 } },
    { name = "duty in the US is on the goods alone",
      args = { market = "US", cost = 100, currency = "USD", freight = 20, duty_percent = 10,
        markup_percent = 0, ending = "none" },
      gives = { price = 130, net_price = 130, landed_cost = 130, profit = 0 } },
    { name = "duty in Germany is on goods and freight",
      args = { market = "DE", cost = 100, currency = "EUR", freight = 20, duty_percent = 10,
        markup_percent = 0, ending = "none" },
      gives = { price = 157.08, net_price = 132, landed_cost = 132, profit = 0 } },
    { name = "a reduced tax rate can be given",
      args = { market = "DE", cost = 10, currency = "EUR", tax_percent = 7, markup_percent = 100,
        ending = "none" },
      gives = { price = 21.4, net_price = 20, landed_cost = 10, profit = 10 } },
    { name = "a price under the first ending is that ending",
      args = { market = "JP", cost = 10, currency = "JPY", markup_percent = 0, duty_percent = 0 },
      gives = { price = 80, net_price = 73, landed_cost = 10, profit = 63 } },
    { name = "a price that has the ending keeps it",
      args = { market = "US", cost = 19.99, currency = "USD", markup_percent = 0,
        duty_percent = 0 },
      gives = { price = 19.99, net_price = 19.99, landed_cost = 19.99, profit = 0 } },
    { name = "an ending is never below the exact price",
      args = { market = "US", cost = 10, currency = "USD", markup_percent = 100, duty_percent = 0 },
      gives = { price = 20.99, net_price = 20.99, landed_cost = 10, profit = 10.99 } },
    { name = "margin and markup together are refused",
      args = { market = "US", cost = 1, currency = "USD", margin_percent = 1, markup_percent = 1 },
      fails = "invalid" },
    { name = "neither margin nor markup is refused",
      args = { market = "US", cost = 1, currency = "USD" }, fails = "invalid" },
    { name = "fees and margin over the whole price are refused",
      args = { market = "DE", cost = 1, currency = "EUR", fee_percent = 50, margin_percent = 60 },
      fails = "invalid" },
    { name = "a missing rate is named",
      args = { market = "JP", cost = 1, currency = "CNY", rates = { EUR = 0.125 },
        margin_percent = 10 },
      fails = "invalid" },
    { name = "freight by weight without a weight is refused",
      args = { market = "US", cost = 1, currency = "USD", freight_per_kg = 5, margin_percent = 10 },
      fails = "invalid" },
  },
}
