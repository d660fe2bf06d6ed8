-- A thousand different browsers; of twenty requests nineteen want a page that stands in memory, one a search of its own.
local n = 0
local agents = {}
for i = 1, 1000 do
  agents[i] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 reader/" .. i
end
function request()
  n = n + 1
  wrk.headers["User-Agent"] = agents[n % 1000 + 1]
  wrk.headers["Accept-Language"] = "vi"
  if n % 20 == 0 then
    return wrk.format("GET", "/tim-kiem/?q=qu%C3%A0%20T%E1%BA%BFt%20" .. n)
  end
  return wrk.format("GET", wrk.path)
end
function done(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
