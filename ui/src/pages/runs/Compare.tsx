import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { RunBrief } from "../../client/schema";
import { comparePage } from "../../lib/places";

/** How many runs fit side by side. */
export const MOST = 8;

export function Compare({ chosen }: { chosen: readonly RunBrief[] }) {
  const enough = chosen.length >= 2;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        variant="primary"
        href={enough ? comparePage(chosen.map(({ id }) => id)) : undefined}
        disabled={!enough}
        disabledReason="Select two or more runs in the list."
      >
        {enough ? `Compare ${chosen.length} runs` : "Compare"}
      </Button>
    </SpaceBetween>
  );
}
