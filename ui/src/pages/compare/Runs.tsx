import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { DataTable } from "../../charts/DataTable";
import { seconds } from "../../charts/words";
import type { RunBrief } from "../../client/schema";
import { State } from "../../components/State";
import { Time } from "../../components/Time";
import type { Side } from "./Beside";
import { Name } from "./Name";

/** What each run is. */
export function Runs({ sides }: { sides: readonly Side[] }) {
  const row = (name: string, cell: (run: RunBrief) => ReactNode) => [name, ...sides.map(({ run }) => cell(run))];
  return (
    <Container header={<Header variant="h2">The runs</Header>}>
      <DataTable
        caption="What each run is"
        numbers={99}
        head={["", ...sides.map((side) => <Name key={side.run.id} side={side} />)]}
        rows={[
          row("Problem", (run) => <Link href={`/problems/${run.problem}`}>{run.problem}</Link>),
          row("State", (run) => <State of={run.state} />),
          row("Verdict", (run) => run.why || "–"),
          row("Learner", (run) => run.learner || "–"),
          row("Model", (run) =>
            run.model_version ? <Link href={`/models/${run.problem}/${run.model_version}`}>version {run.model_version}</Link> : "not registered",
          ),
          row("Data", (run) => run.dataset_digest.slice(0, 12) || "–"),
          row("Started", (run) => <Time at={run.started_at} />),
          row("Took", (run) => seconds(run.seconds)),
        ]}
      />
    </Container>
  );
}
