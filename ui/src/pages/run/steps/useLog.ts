import { useEffect, useRef, useState } from "react";
import { client } from "../../../client/api";
import { useLive } from "../../../lib/live";
import type { LogLine } from "../documents";

const PART = 500;

/** What a run has said so far; it grows with every event of the run. Only what is new is asked for. */
export function useLog(run: string, state: string): { lines: readonly LogLine[]; error: unknown } {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [heard, setHeard] = useState(0);
  const next = useRef(0);
  const busy = useRef(false);
  useLive((event) => {
    if (event.kind === "lost" || event.name === run) setHeard((count) => count + 1);
  });
  useEffect(() => {
    async function read() {
      if (busy.current) return;
      busy.current = true;
      try {
        for (;;) {
          const query = { after: next.current, limit: PART };
          const { data } = await client.GET("/api/v1/runs/{run}/log", { params: { path: { run }, query } });
          if (!data || data.lines.length === 0) break;
          next.current = data.next;
          setLines((known) => [...known, ...data.lines]);
        }
        setError(null);
      } catch (failure) {
        setError(failure);
      } finally {
        busy.current = false;
      }
    }
    void read();
  }, [run, state, heard]);
  return { lines, error };
}
