import Box from "@cloudscape-design/components/box";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";
import { colorTextBodyDefault } from "@cloudscape-design/design-tokens";
import { seconds } from "../../../charts/words";
import type { Run, Step } from "../documents";

const LOOKS: Record<Step["state"], [StepsProps.Status, string]> = {
  waiting: ["pending", "waiting"],
  running: ["in-progress", "running"],
  done: ["success", "done"],
  cached: ["success", "done before"],
  failed: ["error", "failed"],
};

/** The steps in their order, each with its state; a running one with how far it is. */
export function StepList({ run }: { run: Run }) {
  const steps = run.steps.map((step) => ({
    status: LOOKS[step.state][0],
    statusIconAriaLabel: LOOKS[step.state][1],
    header: (
      <span style={{ color: colorTextBodyDefault, fontWeight: step.state === "running" ? 700 : 400 }}>{step.label}</span>
    ),
    details: <Details step={step} />,
  }));
  return <Steps steps={steps} ariaLabel="Steps of the run" />;
}

function Details({ step }: { step: Step }) {
  if (step.state === "running") return <Running step={step} />;
  const said = {
    done: seconds(step.seconds),
    cached: "unchanged since an earlier run, so not done again",
    failed: `failed after ${seconds(step.seconds)}`,
    waiting: "",
    running: "",
  }[step.state];
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {[said, step.note].filter(Boolean).join(" · ")}
    </Box>
  );
}

function Running({ step }: { step: Step }) {
  const { done = 0, total = 0, text = "" } = step.progress ?? {};
  if (!total) return <Box color="text-body-secondary">{text || "working…"}</Box>;
  return <ProgressBar ariaLabel={step.label} value={Math.round((100 * done) / total)} additionalInfo={text} />;
}
