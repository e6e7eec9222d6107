import { keepPreviousData } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { api } from "../../client/api";
import type { LookBrief, MonitoringSeries } from "../../client/schema";

/** All looks side by side, and which of them is looked at: the one in the address, else the newest that says something. */
export function useSeries(name: string) {
  const [parameters, setParameters] = useSearchParams();
  const series = api.useQuery("get", "/api/v1/endpoints/{name}/look-series", { params: { path: { name } } }, { placeholderData: keepPreviousData });
  const set = (key: string, value: string) =>
    setParameters(
      (known) => {
        const next = new URLSearchParams(known);
        next.set(key, value);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return {
    series,
    look: chosen(series.data, parameters.get("look")),
    column: parameters.get("column"),
    chooseLook: (id: string) => set("look", id),
    chooseColumn: (column: string) => set("column", column),
  };
}

export function chosen(series: MonitoringSeries | undefined, wanted: string | null): LookBrief | undefined {
  const looks = series?.looks ?? [];
  return looks.find(({ id }) => id === wanted) ?? looks.findLast(({ enough }) => enough) ?? looks.at(-1);
}
