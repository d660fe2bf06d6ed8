-- A thousand browsers, each time an address that leads nowhere.
dofile("bench/visitors.lua")
local visitor, n = request, os.time() % 100000 * 1000
function request()
  visitor()
  n = n + 1
  return wrk.format("GET", "/khong-co-" .. n .. "/")
end
