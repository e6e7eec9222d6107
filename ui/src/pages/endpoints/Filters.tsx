import Toggle from "@cloudscape-design/components/toggle";
import { Find } from "../../components/Find";
import type { Filter } from "./useEndpoints";

export function Filters({ filter, change }: { filter: Filter; change: (part: Partial<Filter>) => void }) {
  return (
    <div className="filters">
      <Find label="Find endpoints" q={filter.q} onFind={(q) => change({ q })} />
      <Toggle checked={filter.unused} onChange={({ detail }) => change({ unused: detail.checked })}>
        Also those out of use
      </Toggle>
    </div>
  );
}
