import TextFilter from "@cloudscape-design/components/text-filter";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import type { Filter } from "./useEndpoints";

export function Filters({ filter, change }: { filter: Filter; change: (part: Partial<Filter>) => void }) {
  const [text, setText] = useState(filter.q);
  return (
    <div className="filters">
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Find endpoints"
        filteringAriaLabel="Find endpoints"
        onChange={({ detail }) => setText(detail.filteringText)}
        onDelayedChange={({ detail }) => change({ q: detail.filteringText })}
      />
      <Toggle checked={filter.unused} onChange={({ detail }) => change({ unused: detail.checked })}>
        Also those out of use
      </Toggle>
    </div>
  );
}
