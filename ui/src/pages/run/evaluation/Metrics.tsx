import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Popover from "@cloudscape-design/components/popover";
import { DataTable } from "../../../charts/DataTable";
import { figure, help, interval, label } from "../../../charts/metrics";
import { count, NONE } from "../../../charts/words";
import type { Evaluation } from "../documents";

/** Every figure on the test rows, with its interval and what the naive baseline and the champion get. */
export function Metrics({ evaluation }: { evaluation: Evaluation }) {
  const { metrics, intervals, baseline, champion, unit } = evaluation;
  const test = metrics["test"] ?? {};
  const against = champion && !champion.unavailable ? champion : null;
  const rows = Object.keys(test).map((name) => [
    <Popover key={name} content={help(name)} dismissButton={false} triggerType="text" size="small">
      {label(name)}
    </Popover>,
    figure(name, test[name], unit),
    interval(name, intervals[name], unit) || evaluation.undefined[name] || NONE,
    figure(name, baseline.metrics[name], unit),
    ...(against ? [figure(name, against.metrics[name], unit)] : []),
    figure(name, metrics["train"]?.[name], unit),
  ]);
  const head = ["Metric", "Test rows", "95% interval", "Naive baseline"];
  const rest = [...(against ? [against.version ? `Champion (version ${against.version})` : "Champion"] : []), "Training rows"];
  const description = `Measured on ${count(evaluation.rows["test"])} test rows that played no part in making the model.`;
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          How good it is
        </Header>
      }
    >
      <DataTable caption={NAIVES[baseline.kind] ?? "Beside the naive baseline"} head={[...head, ...rest]} rows={rows} />
      {champion?.unavailable && <p>The champion cannot be compared: {champion.unavailable}</p>}
    </Container>
  );
}

const NAIVES: Record<string, string> = {
  prevalence: "The naive baseline gives every case the same probabilities: how often each class occurs in training",
  mean: "The naive baseline predicts the mean of the training rows for every case",
  median: "The naive baseline predicts the median of the training rows for every case",
};
