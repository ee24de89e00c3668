-- For wrk: send the requests of a file in turn, and count what was not answered with 2xx.
-- BENCH_REQUESTS names the file: lines of METHOD, PATH, headers (NAME: VALUE, between |) and BODY, between tabs.
-- BENCH_PAUSE_MS is how long each connection waits before each request.

local requests, at = {}, 0
local threads = {}
refused = 0

function setup(thread)
  table.insert(threads, thread)
end

local function headers_of(text)
  local headers = {}
  for name, value in text:gmatch("([^|:]+): ([^|]*)") do
    headers[name] = value
  end
  return headers
end

function init()
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local method, path, headers, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    requests[#requests + 1] = wrk.format(method, path, headers_of(headers), body ~= "" and body or nil)
  end
  local pause = tonumber(os.getenv("BENCH_PAUSE_MS") or "0")
  if pause > 0 then
    delay = function() return pause end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function response(status)
  if status < 200 or status > 299 then
    refused = refused + 1
  end
end

function done(summary, latency)
  local not_2xx = 0
  for _, thread in ipairs(threads) do
    not_2xx = not_2xx + thread:get("refused")
  end
  local lost = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "not_2xx": %d, "lost": %d, "p50": %.3f, "p95": %.3f, "p99": %.3f, "max": %.3f}\n',
    summary.requests, summary.duration / 1e6, not_2xx, lost,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
