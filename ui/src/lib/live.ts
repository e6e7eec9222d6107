/** What changes on the server, as it changes: one event stream for the whole page (/api/v1/events). */
import { useEffect, useEffectEvent } from "react";
import type { Event as Told } from "../client/schema";
import { queries, refresh } from "./queries";
import { session, signInWanted } from "./session";
import { store } from "./store";

/** connecting: not yet known; lost: for more than two seconds. */
export const connection = store<"connecting" | "open" | "lost">("connecting");

const TOUCHED: Record<Told["kind"], readonly string[]> = {
  run: ["/api/v1/runs", "/api/v1/problems", "/api/v1/comparison"],
  endpoint: ["/api/v1/endpoints", "/api/v1/problems", "/api/v1/models"],
  alert: ["/api/v1/alert", "/api/v1/problems", "/api/v1/endpoints"],
  model: ["/api/v1/models", "/api/v1/problems"],
  problem: ["/api/v1/problems"],
  job: ["/api/v1/endpoints", "/api/v1/batches", "/api/v1/problems"],
  lost: ["/api/v1"],
};
const KINDS = Object.keys(TOUCHED) as Told["kind"][];
const PATIENCE = 2000;
const TOGETHER = 400;

type Listener = (event: Told) => void;
const listeners = new Set<Listener>();
let stream: EventSource | null = null;
let retry = 1000;
let doubt: ReturnType<typeof setTimeout> | undefined;
let gathered: ReturnType<typeof setTimeout> | undefined;
const waiting = new Set<string>();
// A stream begins with "lost" where it cannot go on from the one before; when the page was just loaded nothing is old.
let fresh = true;

/** Calls back with every event while the component is shown. Queries are refreshed without this. */
export function useLive(listener: Listener): void {
  const tell = useEffectEvent(listener);
  useEffect(() => {
    const hear: Listener = (event) => tell(event);
    listeners.add(hear);
    return () => void listeners.delete(hear);
  }, []);
}

/** Opens the stream at once, whatever was in doubt before: who asks is somebody else now. */
export function reconnect(): void {
  clearTimeout(doubt);
  doubt = undefined;
  retry = 1000;
  connect();
}

/** Opens the stream, once, and opens it again whenever it ends. */
export function connect(): void {
  stream?.close();
  stream = new EventSource("/api/v1/events");
  stream.onopen = opened;
  stream.onerror = failed;
  for (const kind of KINDS) stream.addEventListener(kind, hear);
}

function opened() {
  clearTimeout(doubt);
  doubt = undefined;
  retry = 1000;
  const before = connection.get();
  connection.set("open");
  // Whatever happened meanwhile was missed; a server that was started anew has new sessions.
  if (before === "lost") {
    session.set(null);
    void queries.invalidateQueries();
  }
}

function failed() {
  // A server that wants a token first does answer.
  doubt ??= setTimeout(() => signInWanted.get() || connection.set("lost"), PATIENCE);
  // The browser tries again by itself unless the answer was an error.
  if (stream?.readyState === EventSource.CLOSED) {
    setTimeout(connect, retry);
    retry = Math.min(retry * 2, 15_000);
  }
}

function hear(message: MessageEvent<string>) {
  const told = JSON.parse(message.data) as Told;
  const first = fresh;
  fresh = false;
  if (first && told.kind === "lost") return;
  listeners.forEach((listener) => listener(told));
  TOUCHED[told.kind].forEach((path) => waiting.add(path));
  gathered ??= setTimeout(ask, TOGETHER);
}

/** Events come in bursts; the API is asked once for each burst. */
function ask() {
  gathered = undefined;
  const paths = [...waiting];
  waiting.clear();
  void refresh(paths);
}
