import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect, connection, reconnect } from "./live";
import { signInWanted } from "./session";

/** A stream that is refused at once, as without a token. */
class Refused extends EventTarget {
  static readonly CLOSED = 2;
  static last: Refused;
  readyState = Refused.CLOSED;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    super();
    Refused.last = this;
  }
  close() {}
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Refused);
  connection.set("connecting");
});
afterEach(() => {
  vi.useRealTimers();
  signInWanted.set(false);
});

test("a server that does not answer is told as lost", () => {
  connect();
  Refused.last.onerror?.();
  vi.advanceTimersByTime(2500);
  expect(connection.get()).toBe("lost");
});

test("a server that wants a token is not lost, and once there is one the stream is opened at once", () => {
  signInWanted.set(true);
  connect();
  const first = Refused.last;
  first.onerror?.();
  vi.advanceTimersByTime(2500);
  expect(connection.get()).toBe("connecting");
  const before = Refused.last;
  signInWanted.set(false);
  reconnect();
  expect(Refused.last).not.toBe(before);
  vi.advanceTimersByTime(2500);
  expect(connection.get()).toBe("connecting");
});
