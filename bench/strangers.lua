-- One page, each time read by somebody who was never here before.
dofile("bench/visitors.lua")
local n = os.time() % 100000 * 100000
function request()
  n = n + 1
  wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 stranger/" .. n
  wrk.headers["Accept-Language"] = "vi"
  return wrk.format("GET", wrk.path)
end
