import Link from "@cloudscape-design/components/link";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import type { ProblemCard } from "../../client/schema";
import { State } from "../../components/State";
import { Time } from "../../components/Time";
import { plural } from "../../lib/numbers";
import { modelsPage, runPage, runsPage } from "../../lib/places";

export function LatestRun({ card }: { card: ProblemCard }) {
  const run = card.latest_run;
  if (!run) return <>Not run yet.</>;
  const link = <Link href={runPage(run.id)}>Last run</Link>;
  if (run.state === "running") {
    return (
      <ProgressBar
        label={<>{link} is running</>}
        description={run.step}
        value={run.steps_total ? (100 * run.steps_done) / run.steps_total : 0}
      />
    );
  }
  return (
    <span className="row">
      <span>
        {link} <Time at={run.started_at} relative />
      </span>
      <State of={run.state} />
      <Link href={runsPage(card.name)}>{plural(card.runs, "run")}</Link>
      <Link href={modelsPage(card.name)}>{plural(card.models, "model")}</Link>
    </span>
  );
}
