import { keepPreviousData } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { api } from "../../../client/api";
import { usePages } from "../../../lib/paging";

const PER_PAGE = 20;
const KEYS = ["decision", "variant", "since", "until"] as const;
const REFRESH = 10_000; // ms, on the first page

/** "" where nothing is asked; since, until: as in a form ("2024-01-31T12:00"), in the reader's zone. */
export type Filter = Record<(typeof KEYS)[number], string>;

/** The captured predictions, page by page, with the filter in the address. */
export function usePredictions(name: string) {
  const [params, setParams] = useSearchParams();
  const filter = Object.fromEntries(KEYS.map((key) => [key, params.get(key) ?? ""])) as Filter;
  const pages = usePages(JSON.stringify([name, filter]));
  const query = {
    limit: PER_PAGE,
    cursor: pages.cursor,
    decision: filter.decision ? [filter.decision] : undefined,
    variant: filter.variant ? [filter.variant] : undefined,
    since: instant(filter.since),
    until: instant(filter.until),
  };
  const options = { placeholderData: keepPreviousData, refetchInterval: pages.page === 1 ? REFRESH : (false as const) };
  const predictions = api.useQuery("get", "/api/v1/endpoints/{name}/predictions", { params: { path: { name }, query } }, options);
  const change = (part: Partial<Filter>) => {
    const next = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== "");
    setParams([["tab", "predictions"], ...next], { replace: true, preventScrollReset: true });
  };
  return { filter, change, predictions, pages };
}

function instant(local: string): string | undefined {
  const at = new Date(local);
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}
