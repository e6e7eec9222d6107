import { useEffect, useRef } from "react";
import type { Job, Monitoring } from "../../client/schema";
import { notify } from "../../lib/notices";
import { refresh } from "../../lib/queries";
import { busy } from "./jobs";

/** Says what came of a job that ended while the page was shown, however quickly, and has the page look again. */
export function useFollowed({ jobs, latest }: Monitoring): void {
  const ended = useRef(new Map<Job["kind"], string | null>());
  useEffect(() => {
    for (const job of jobs) {
      if (busy(job)) continue;
      const before = ended.current.get(job.kind);
      ended.current.set(job.kind, job.finished_at);
      if (before === undefined || before === job.finished_at) continue;
      void refresh(["/api/v1/endpoints", "/api/v1/alert", "/api/v1/models"]);
      if (job.state !== "done") continue;
      if (job.kind === "monitor") notify({ type: "success", header: "Looked", content: outcome(latest) });
    }
  }, [jobs, latest]);
}

function outcome(latest: Monitoring["latest"]): string {
  if (!latest) return "";
  if (!latest.enough) return `Only ${latest.rows} predictions in the window: too few to say anything.`;
  return latest.findings ? `${latest.findings} findings in ${latest.rows} predictions.` : `Nothing found in ${latest.rows} predictions.`;
}
