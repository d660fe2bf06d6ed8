-- Requests at a steady pace: `-- PAUSE SEARCHES LOST NEW`, milliseconds between two requests of one connection, and per
-- thousand requests: searches, addresses that lead nowhere, readers who were never here before. The rest is the page of
-- the command line, read by a thousand browsers in turn.
dofile("bench/visitors.lua")
local visitor, n = request, os.time() % 100000 * 100000
local pause, searches, lost, new
function init(args)
  pause, searches, lost, new = tonumber(args[1]), tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
  math.randomseed(os.time())
end
function delay()
  return pause
end
function request()
  visitor()
  n = n + 1
  wrk.headers["Accept-Encoding"] = "gzip"
  if math.random(1000) <= new then
    wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 stranger/" .. n
  end
  local kind = math.random(1000)
  if kind <= searches then
    return wrk.format("GET", "/tim-kiem/?q=qu%C3%A0+" .. n)
  elseif kind <= searches + lost then
    return wrk.format("GET", "/khong-co-" .. n .. "/")
  end
  return wrk.format("GET", wrk.path)
end
