/** Requests with a path alone, as in a browser; Node's own want whole addresses. */
class HereRequest extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === "string" ? new URL(input, "http://here") : input, init);
  }
}
globalThis.Request = HereRequest;
