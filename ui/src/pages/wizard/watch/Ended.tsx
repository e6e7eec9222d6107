import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { label } from "../../../charts/metrics";
import { money } from "../../../lib/numbers";
import type { Run } from "../../../client/schema";
import { State } from "../../../components/State";
import { editPage, runPage } from "../../../lib/places";
import { Failure } from "../../run/Failure";
import { DeployCard } from "./DeployCard";
import { found } from "./found";

/** What came of the run, and what to do next. */
export function Ended({ run }: { run: Run }) {
  const edit = <Button href={editPage(run.problem)}>Change the problem</Button>;
  if (run.state === "interrupted") return <Failure run={run} />;
  if (run.state === "failed") {
    return (
      <Alert type="error" header="The run failed" action={edit}>
        {run.failure ? [run.failure.what, run.failure.where, run.failure.found, run.failure.do].filter(Boolean).join(" ") : run.error}
      </Alert>
    );
  }
  if (run.state === "not passed") {
    return (
      <Alert type="warning" header={run.verdict?.outcome === "undecided" ? "Whether the model meets your goals is not sure" : "The model does not meet your goals"} action={edit}>
        <Goals run={run} />
        <p>
          {run.verdict?.why} It is not put into use. More or better data may help, or goals that ask for less; <a href={runPage(run.id)}>the run</a> shows what the
          model can and cannot do.
        </p>
      </Alert>
    );
  }
  return (
    <DeployCard run={run}>
      <Goals run={run} />
    </DeployCard>
  );
}

function Goals({ run }: { run: Run }) {
  const { verdict, unit, problem_file: file } = run;
  return (
    <>
      {verdict?.goals.map((goal) => (
        <div key={`${goal.metric} ${goal.wanted}`}>
          <State of={goal.outcome}>{found(goal.metric, goal.got, String(file?.problem.positive ?? ""), unit)}</State>
          <Box color="text-body-secondary" fontSize="body-s" padding={{ left: "l" }}>
            {label(goal.metric)}: wanted {goal.wanted}
          </Box>
        </div>
      ))}
      <Worth run={run} />
    </>
  );
}

/** What the model is worth, in money. */
function Worth({ run: { metrics, verdict, unit } }: { run: Run }) {
  const own = metrics.value_per_case;
  const naive = verdict?.against.baseline?.metrics.value_per_case;
  if (typeof own !== "number" || typeof naive !== "number") return null;
  return (
    <p>
      In 1,000 cases it is worth <strong>{money(1000 * own, unit)}</strong>; the naive baseline, {money(1000 * naive, unit)}.
    </p>
  );
}
