-- All kinds of requests by a thousand readers; addresses of articles are given after "--". 404 is an answer, too.
local n, paths, threads = 0, {}, {}
failed = 0 -- read by `done`, so not local
function setup(thread)
  table.insert(threads, thread)
end
function init(args)
  paths = args
  n = os.time() % 100000 * 100000
end
function request()
  n = n + 1
  wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 reader/" .. n % 1000
  wrk.headers["Accept-Language"] = "vi"
  wrk.headers["Accept-Encoding"] = n % 2 == 0 and "gzip" or nil
  local kind = n % 100
  if kind < 3 then
    return wrk.format("GET", "/tim-kiem/?q=qu%C3%A0+" .. n % 5000)
  elseif kind < 5 then
    return wrk.format("GET", "/khong-co/" .. n .. "/")
  elseif kind < 20 then
    return wrk.format("GET", ({ "/", "/tin-tuc/", "/duong-day-nong/", "/thong-ke/", "/binh-chon/" })[n % 5 + 1])
  end
  return wrk.format("GET", paths[n % #paths + 1])
end
function response(status)
  if status ~= 200 and status ~= 404 then
    failed = failed + 1
  end
end
function done(summary, latency, requests)
  local wrong = 0
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("failed")
  end
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), wrong + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
