import { useEffect, useRef } from "react";
import type { Job, Monitoring } from "../../client/schema";
import { notify } from "../../lib/notices";
import { refresh } from "../../lib/queries";
import { busy } from "./jobs";

/** Says what came of a job that the reader saw running, and has the page look again. */
export function useFollowed({ endpoint, jobs, latest }: Monitoring): void {
  const before = useRef(new Map<Job["kind"], boolean>());
  useEffect(() => {
    for (const job of jobs) {
      const was = before.current.get(job.kind);
      before.current.set(job.kind, busy(job));
      if (!was || busy(job)) continue;
      void refresh(["/api/v1/endpoints", "/api/v1/alert", "/api/v1/models"]);
      if (job.state !== "done") continue;
      if (job.kind === "monitor") notify({ type: "success", header: "Looked", content: outcome(latest) });
      if (job.kind === "retrain") notify({ type: "success", header: "The retraining is done", href: `/monitoring/${encodeURIComponent(endpoint)}?tab=champions`, link: "See what came of it" });
    }
  }, [endpoint, jobs, latest]);
}

function outcome(latest: Monitoring["latest"]): string {
  if (!latest) return "";
  if (!latest.enough) return `Only ${latest.rows} predictions in the window: too few to say anything.`;
  return latest.findings ? `${latest.findings} findings in ${latest.rows} predictions.` : `Nothing found in ${latest.rows} predictions.`;
}
