import { keepPreviousData } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { api } from "../../client/api";
import type { RunBrief } from "../../client/schema";
import { usePages } from "../../lib/paging";

const STATES: readonly RunBrief["state"][] = ["running", "passed", "not passed", "failed", "interrupted"];
const PER_PAGE = 30;
export const NEWEST = "-started_at";

export interface Filter {
  q: string;
  problem: string;
  state: RunBrief["state"] | "";
  /** Key to sort by; with "-" before it, greatest first. */
  sort: string;
}

/** The list of runs, with its filter in the address: what one sees can be sent to somebody. */
export function useRunsQuery() {
  const [params, setParams] = useSearchParams();
  const filter: Filter = {
    q: params.get("q") ?? "",
    problem: params.get("problem") ?? "",
    state: STATES.find((state) => state === params.get("state")) ?? "",
    sort: params.get("sort") ?? NEWEST,
  };
  const pages = usePages(JSON.stringify(filter));
  const query = {
    limit: PER_PAGE,
    cursor: pages.cursor,
    sort: filter.sort,
    q: filter.q,
    problem: filter.problem || undefined,
    state: filter.state ? [filter.state] : undefined,
  };
  const runs = api.useQuery("get", "/api/v1/runs", { params: { query } }, { placeholderData: keepPreviousData });
  const change = (part: Partial<Filter>) => {
    const next = Object.entries({ ...filter, ...part }).filter(([key, value]) => value !== "" && !(key === "sort" && value === NEWEST));
    setParams(next, { replace: true });
  };
  return { filter, change, runs, pages };
}
