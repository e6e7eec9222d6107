import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import { useEffect, useState } from "react";
import { Pairs } from "../../components/Pairs";
import { figure, label } from "../../charts/metrics";
import { seconds } from "../../charts/words";
import { State } from "../../components/State";
import { Time } from "../../components/Time";
import type { Run } from "./documents";

const MAIN = ["value_per_case", "roc_auc", "accuracy", "r2", "rmse"];

/** The few facts that one looks for first. */
export function Summary({ run }: { run: Run }) {
  const main = MAIN.filter((name) => run.metrics[name] != null).slice(0, 2);
  const items = [
    { label: "State", value: <State of={run.state} /> },
    ...main.map((name) => ({ label: label(name), value: figure(name, run.metrics[name], run.unit) })),
    { label: "Model", value: <ModelLink run={run} /> },
    { label: "Problem", value: <Link href={`/problems/${run.problem}`}>{run.problem}</Link> },
    { label: "Started", value: <Time at={run.started_at} /> },
    { label: run.state === "running" ? "So far" : "Took", value: <Elapsed run={run} /> },
    { label: "Started by", value: [run.trigger || "somebody", run.platform].join(", ") },
  ];
  return (
    <Container>
      <Pairs columns={4} items={items} />
    </Container>
  );
}

function ModelLink({ run }: { run: Run }) {
  if (run.model_version) {
    return <Link href={`/models/${run.problem}/${run.model_version}`}>version {run.model_version}</Link>;
  }
  return <>{run.bundle_digest ? `${run.learner}, not registered` : "–"}</>;
}

/** Seconds so far; they go on while the run does. */
function Elapsed({ run }: { run: Run }) {
  const [now, setNow] = useState(() => Date.now());
  const running = run.state === "running";
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return <>{seconds(running ? Math.max(0, Math.round((now - Date.parse(run.started_at)) / 1000)) : run.seconds)}</>;
}
