import Select from "@cloudscape-design/components/select";
import { Find } from "../../components/Find";
import type { Filter } from "./useAlerts";

const STATES = [
  { value: "open", label: "Open" },
  { value: "firing", label: "Firing" },
  { value: "acknowledged", label: "Acknowledged" },
  { value: "resolved", label: "Resolved" },
  { value: "all", label: "Any state" },
];
const SEVERITIES = [
  { value: "", label: "Any severity" },
  { value: "critical", label: "Critical" },
  { value: "warning", label: "Warning" },
];

export function Filters({ filter, change }: { filter: Filter; change: (part: Partial<Filter>) => void }) {
  return (
    <div className="filters">
      <Find label="Find alerts" q={filter.q} onFind={(q) => change({ q })} />
      <Select
        ariaLabel="State"
        options={STATES}
        selectedOption={STATES.find(({ value }) => value === filter.state) ?? null}
        onChange={({ detail }) => change({ state: detail.selectedOption.value as Filter["state"] })}
      />
      <Select
        ariaLabel="Severity"
        options={SEVERITIES}
        selectedOption={SEVERITIES.find(({ value }) => value === filter.severity) ?? null}
        onChange={({ detail }) => change({ severity: detail.selectedOption.value as Filter["severity"] })}
      />
    </div>
  );
}
