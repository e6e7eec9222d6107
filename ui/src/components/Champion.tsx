import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import type { ProblemCard } from "../client/schema";
import { money } from "../lib/numbers";
import { modelPage } from "../lib/places";
import { Time } from "./Time";

/** The model that is deployed unless another is named. */
export function Champion({ card: { name, champion, unit } }: { card: ProblemCard }) {
  if (!champion) return <Box color="text-body-secondary">None yet: no run has met the goals.</Box>;
  return (
    <>
      <div>
        <Link href={modelPage(name, champion.version)}>Version {champion.version}</Link> · {champion.learner}
      </div>
      {champion.value_per_case !== null && <div>{money(champion.value_per_case, unit)} per case</div>}
      <Box color="text-body-secondary" fontSize="body-s">
        <Time at={champion.created_at} relative />
      </Box>
    </>
  );
}
