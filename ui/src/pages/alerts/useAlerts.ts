import { keepPreviousData } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { api } from "../../client/api";
import type { Alert } from "../../client/schema";
import { usePages } from "../../lib/paging";

const PER_PAGE = 20;
export const STATES = { open: ["firing", "acknowledged"], firing: ["firing"], acknowledged: ["acknowledged"], resolved: ["resolved"], all: ["firing", "acknowledged", "resolved"] } as const satisfies Record<string, readonly Alert["state"][]>;

export interface Filter {
  q: string;
  state: keyof typeof STATES;
  severity: "" | "critical" | "warning";
}

/** The alerts, the dearest first; the filter stands in the address. */
export function useAlerts(endpoint: string | undefined) {
  const [params, setParams] = useSearchParams();
  const state = params.get("state") ?? "";
  const severity = params.get("severity");
  const filter: Filter = {
    q: params.get("q") ?? "",
    state: state in STATES ? (state as Filter["state"]) : "open",
    severity: severity === "critical" || severity === "warning" ? severity : "",
  };
  const pages = usePages(JSON.stringify([endpoint, filter]));
  const query = { endpoint, q: filter.q, state: [...STATES[filter.state]], severity: filter.severity || undefined, limit: PER_PAGE, cursor: pages.cursor };
  const alerts = api.useQuery("get", "/api/v1/alerts", { params: { query } }, { placeholderData: keepPreviousData });
  const change = (part: Partial<Filter>) =>
    setParams(
      (known) => {
        const next = new URLSearchParams(known);
        for (const [key, value] of Object.entries({ ...filter, ...part })) {
          if (value && value !== "open") next.set(key, value);
          else next.delete(key);
        }
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return { filter, change, alerts, pages };
}
