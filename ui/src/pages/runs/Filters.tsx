import Select, { type SelectProps } from "@cloudscape-design/components/select";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
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
  const [text, setText] = useState(filter.q);
  const { data } = api.useQuery("get", "/api/v1/problems", { params: { query: { limit: 50 } } });
  const problems = [{ value: "", label: "Any problem" }, ...(data?.items ?? []).map(({ name }) => ({ value: name, label: name }))];
  return (
    <div className="filters">
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Find runs"
        filteringAriaLabel="Find runs"
        countText={filter.q && total !== undefined ? plural(total, "match").replace("matchs", "matches") : ""}
        onChange={({ detail }) => setText(detail.filteringText)}
        onDelayedChange={({ detail }) => change({ q: detail.filteringText })}
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
