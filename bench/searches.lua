-- A thousand browsers, each time another question to the search.
dofile("bench/visitors.lua")
local visitor, n = request, os.time() % 100000 * 1000
function request()
  visitor()
  n = n + 1
  return wrk.format("GET", "/tim-kiem/?q=qu%C3%A0+" .. n)
end
