-- wrk: posts the file $BODY as $CTYPE and tells the result as one line of JSON (latencies in ms)
local file = io.open(os.getenv("BODY"), "rb")
wrk.body = file:read("*a")
file:close()
wrk.method = "POST"
wrk.headers["Content-Type"] = os.getenv("CTYPE")
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "rps": %.1f, "p50": %.4f, "p99": %.4f, "errors": %d}\n',
    summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
