import { keepPreviousData } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { api } from "../../client/api";
import { usePages } from "../../lib/paging";

const PER_PAGE = 30;
const REFRESH = 5000; // ms; traffic has no events

export interface Filter {
  q: string;
  sort: string;
  /** Also endpoints that are out of use. */
  unused: boolean;
}

/** The list of endpoints, with its filter in the address. */
export function useEndpoints() {
  const [params, setParams] = useSearchParams();
  const filter: Filter = { q: params.get("q") ?? "", sort: params.get("sort") ?? "name", unused: params.has("unused") };
  const pages = usePages(JSON.stringify(filter));
  const query = { ...filter, limit: PER_PAGE, cursor: pages.cursor };
  const options = { placeholderData: keepPreviousData, refetchInterval: REFRESH };
  const endpoints = api.useQuery("get", "/api/v1/endpoints", { params: { query } }, options);
  const change = (part: Partial<Filter>) => {
    const { q, sort, unused } = { ...filter, ...part };
    setParams({ ...(q && { q }), ...(sort !== "name" && { sort }), ...(unused && { unused: "" }) }, { replace: true });
  };
  return { filter, change, endpoints, pages };
}
