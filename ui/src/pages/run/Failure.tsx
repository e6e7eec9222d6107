import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import { StartAgain } from "../../components/StartAgain";
import type { Run } from "./documents";

/** Why a run ended without a verdict, and what to do about it. */
export function Failure({ run }: { run: Run }) {
  const { failure, state } = run;
  if (state === "interrupted") {
    return (
      <Alert type="warning" header="The run was interrupted" action={<StartAgain problem={run.problem} />}>
        Its process ended before its last step. Start it again: steps that were done are not done twice.
      </Alert>
    );
  }
  if (!failure) return null;
  const at = run.steps.find((step) => step.state === "failed");
  return (
    <Alert type="error" header={at ? `The run failed in the step “${at.label}”` : "The run failed"} action={<StartAgain problem={run.problem} />}>
      <div className="breakable">
        <div>{failure.what || failure.error}</div>
        {failure.where && <div>Where: {failure.where}</div>}
        {failure.found && <div>Found: {failure.found}</div>}
        {failure.do && <Box variant="strong">{failure.do}</Box>}
      </div>
    </Alert>
  );
}
