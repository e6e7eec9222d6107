import Select, { type SelectProps } from "@cloudscape-design/components/select";
import { Find } from "../../components/Find";
import { api } from "../../client/api";
import { plural } from "../../lib/numbers";
import type { Filter } from "./useRunsQuery";

const STATES: SelectProps.Option[] = [
  { value: "", label: "Any state" },
  { value: "running", label: "Running" },
  { value: "passed", label: "Goals met" },
  { value: "not passed", label: "Goals not met" },
  { value: "failed", label: "Failed" },
  { value: "interrupted", label: "Interrupted" },
];

export function Filters({ filter, change, total }: { filter: Filter; change: (part: Partial<Filter>) => void; total?: number }) {
  const { data } = api.useQuery("get", "/api/v1/problems", { params: { query: { limit: 50 } } });
  const problems = [{ value: "", label: "Any problem" }, ...(data?.items ?? []).map(({ name }) => ({ value: name, label: name }))];
  return (
    <div className="filters">
      <Find
        label="Find runs"
        q={filter.q}
        onFind={(q) => change({ q })}
        count={filter.q && total !== undefined ? plural(total, "match").replace("matchs", "matches") : ""}
      />
      <Select
        ariaLabel="Problem"
        options={problems}
        selectedOption={problems.find(({ value }) => value === filter.problem) ?? { value: filter.problem, label: filter.problem }}
        onChange={({ detail }) => change({ problem: detail.selectedOption.value ?? "" })}
      />
      <Select
        ariaLabel="State"
        options={STATES}
        selectedOption={STATES.find(({ value }) => value === filter.state) ?? null}
        onChange={({ detail }) => change({ state: (detail.selectedOption.value ?? "") as Filter["state"] })}
      />
    </div>
  );
}
