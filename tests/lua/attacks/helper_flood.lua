-- Helpers of C that are slow one by one: thousands of them are still metered.
while true do
  pcall(fmt, 1234567.891, { language = "hi" })
  pcall(in_zone, "2026-11-23T09:00:00Z", "America/Los_Angeles")
  pcall(number, ("9"):rep(200), "de")
end
