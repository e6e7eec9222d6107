import { useEffect, useRef } from "react";
import { api } from "../../client/api";
import type { AttemptBrief } from "../../client/schema";
import { notify } from "../../lib/notices";
import { refresh } from "../../lib/queries";

const REFRESH = 2000; // ms; a training that was asked for by a person is no job of the schedule, and may be quick

/** Whether a challenger is being trained; says what came of one that ended while the page was shown. */
export function useAttempts(name: string): boolean {
  const { data } = api.useQuery("get", "/api/v1/endpoints/{name}/retraining", { params: { path: { name } } }, { refetchInterval: REFRESH });
  const ended = useRef<number>(undefined);
  useEffect(() => {
    if (!data || data.busy) return;
    const number = data.last?.number ?? 0;
    const before = ended.current;
    ended.current = number;
    if (before === undefined || before === number || !data.last) return;
    void refresh(["/api/v1/endpoints", "/api/v1/models", "/api/v1/problems"]);
    notify({ ...said(data.last), href: `/monitoring/${encodeURIComponent(name)}?tab=champions`, link: "See what came of it" });
  }, [data, name]);
  return data?.busy ?? false;
}

function said({ state, why }: AttemptBrief) {
  const type = state === "failed" ? ("error" as const) : ("success" as const);
  return { type, header: state === "failed" ? "The retraining failed" : "The retraining is done", content: why };
}
