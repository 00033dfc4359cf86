--- stock.restock: when to order, and how many. The formula is in docs/pricing.md.

--- Least whole number that is not below a / b; exact for whole a and b.
local function ceil_div(a, b)
  if math.type(a) == "integer" and math.type(b) == "integer" then return -(-a // b) end
  -- Sales by weight: a hair above a whole number is that number.
  return math.ceil(a / b - 1e-9)
end

local function whole(v)
  return math.tointeger(v) or v
end

--- How many to order: what is missing to the target, at least the minimum, in full packs.
local function quantity(target, position, moq, pack)
  local n = math.max(target - position, moq)
  return ceil_div(whole(n), pack) * pack
end

--- The day so many days after today; nil when nobody plans that far.
local function day_in(today, days)
  if days > 36500 then return nil end
  return add_days(today, days)
end

return tool {
  name = "stock.restock",
  summary = "Days of cover, reorder point, order quantity and latest order date of one product.",
  texts = {
    zh = { summary = "计算一个商品的可售天数、再订货点、补货数量和最晚下单日。" },
    ja = { summary = "商品の在庫日数、発注点、発注数、最終発注日を計算します。" },
  },
  effect = "none",
  idempotent = true,
  timeout = 10,
  params = {
    type = "object",
    required = { "stock", "sold" },
    additionalProperties = false,
    properties = {
      stock = { description = "Pieces on hand; below zero when oversold.", type = "number" },
      incoming = { description = "Pieces ordered and on their way.", type = "number", minimum = 0 },
      sold = { description = "Pieces sold within `days`.", type = "number", minimum = 0 },
      days = { type = "integer", minimum = 1, maximum = 3660, default = 30 },
      lead_days = { description = "From order to shelf.", type = "integer", minimum = 0,
        maximum = 3660,
        default = 30 },
      safety_days = { description = "Of sales kept in reserve.", type = "integer", minimum = 0,
        maximum = 3660, default = 7 },
      cover_days = { description = "Of sales that an order shall last beyond lead and safety.",
        type = "integer", minimum = 0, maximum = 3660, default = 30 },
      moq = { description = "Least quantity of an order.", type = "integer", minimum = 1,
        default = 1 },
      pack = { description = "Pieces of a pack: orders are multiples.", type = "integer",
        minimum = 1,
        default = 1 },
      today = { description = "The task's day otherwise.", type = "string", format = "date" },
    },
  },
  returns = {
    type = "object",
    required = { "order", "quantity", "reorder_point", "per_day", "state" },
    properties = {
      order = { description = "Must be ordered now.", type = "boolean" },
      quantity = { description = "0 when not.", type = "number", minimum = 0 },
      reorder_point = { description = "Order when stock and incoming are at or below it.",
        type = "number" },
      per_day = { description = "Pieces sold a day.", type = "number" },
      days_of_cover = { description = "Days that stock and incoming last; null when nothing sells.",
        type = { "number", "null" } },
      runs_out_on = { description = "Day on which they are used up; null when nothing sells, "
        .. "or that is a hundred years away.",
        type = { "string", "null" } },
      order_by = { description = "Latest day to order so that the reserve is not touched; "
        .. "today when it has passed; null like runs_out_on.",
        type = { "string", "null" } },
      state = { type = "string", enum = { "ok", "order", "out_of_stock", "no_sales" } },
    },
  },
  run = function(args, ctx)
    local sold, days = whole(args.sold), whole(args.days or 30)
    local lead, safety = whole(args.lead_days or 30), whole(args.safety_days or 7)
    local position = whole(args.stock + (args.incoming or 0))
    local today = args.today or ctx.env.today

    if sold == 0 then
      return { order = false, quantity = 0, reorder_point = 0, per_day = 0,
        state = args.stock <= 0 and "out_of_stock" or "no_sales" }
    end
    local point = ceil_div(sold * (lead + safety), days)
    local target = ceil_div(sold * (lead + safety + whole(args.cover_days or 30)), days)
    local order = position <= point
    local cover = math.max(position, 0) * days / sold
    local spare = math.max(math.floor(cover + 1e-9) - lead - safety, 0)
    local state = args.stock <= 0 and "out_of_stock" or order and "order" or "ok"
    return {
      order = order,
      quantity = order and quantity(target, position, whole(args.moq or 1),
        whole(args.pack or 1)) or 0,
      reorder_point = point,
      per_day = tonumber(money.div(money.text(sold), money.text(days), 2)),
      days_of_cover = tonumber(money.round(money.text(cover), 1)),
      runs_out_on = day_in(today, math.floor(cover + 1e-9)),
      order_by = day_in(today, spare),
      state = state,
    }
  end,
  examples = {
    {
      words = { en = "how many of A1 must I order?", zh = "A1需要补多少货?", ja = "A1はいくつ発注すべき?" },
      args = { stock = 20, sold = 60, lead_days = 25, moq = 50, pack = 10, today = "2026-11-23" },
    },
  },
  tests = {
    -- 60 in 30 days are 2 a day; point 2*(25+7)=64; target 2*(25+7+30)=124; 124-20=104 -> 110.
    { name = "under the reorder point it orders up to the target in full packs",
      args = { stock = 20, sold = 60, lead_days = 25, moq = 50, pack = 10, today = "2026-11-23" },
      gives = { order = true, quantity = 110, reorder_point = 64, per_day = 2, days_of_cover = 10,
        runs_out_on = "2026-12-03", order_by = "2026-11-23", state = "order" } },
    { name = "at the reorder point it orders, one above it does not",
      args = { stock = 65, sold = 60, lead_days = 25, today = "2026-11-23" },
      gives = { order = false, quantity = 0, reorder_point = 64, state = "ok" } },
    { name = "exactly at the reorder point",
      args = { stock = 64, sold = 60, lead_days = 25, today = "2026-11-23" },
      gives = { order = true, quantity = 60 } },
    -- 100 in cover: 200/2; spare 100-25-7 = 68 days.
    { name = "the latest order day leaves lead and safety",
      args = { stock = 200, sold = 60, lead_days = 25, today = "2026-11-23" },
      gives = { order = false, days_of_cover = 100, order_by = "2027-01-30",
        runs_out_on = "2027-03-03" } },
    { name = "what is on its way counts",
      args = { stock = 20, incoming = 200, sold = 60, lead_days = 25, today = "2026-11-23" },
      gives = { order = false, quantity = 0 } },
    { name = "the minimum of the supplier holds",
      args = { stock = 60, sold = 60, lead_days = 25, moq = 500, today = "2026-11-23" },
      gives = { order = true, quantity = 500 } },
    { name = "stock for thousands of years has no date",
      args = { stock = 1000000000, sold = 1, today = "2026-11-23" },
      gives = { order = false, days_of_cover = 30000000000 } },
    { name = "nothing sold, nothing ordered", args = { stock = 5, sold = 0, today = "2026-11-23" },
      gives = { order = false, quantity = 0, state = "no_sales" } },
    { name = "an oversold product orders the backlog too",
      args = { stock = -4, sold = 30, lead_days = 10, safety_days = 5, cover_days = 15,
        today = "2026-11-23" },
      gives = { order = true, quantity = 34, state = "out_of_stock", days_of_cover = 0 } },
    -- 7 in 30 days: point 7*37/30 = 8.63 -> 9.
    { name = "points are rounded up", args = { stock = 100, sold = 7, today = "2026-11-23" },
      gives = { reorder_point = 9, per_day = 0.23 } },
  },
}
