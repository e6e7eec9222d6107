import Select from "@cloudscape-design/components/select";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
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
  const [text, setText] = useState(filter.q);
  return (
    <div className="filters">
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Find alerts"
        filteringAriaLabel="Find alerts"
        onChange={({ detail }) => setText(detail.filteringText)}
        onDelayedChange={({ detail }) => change({ q: detail.filteringText })}
      />
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
