import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { DataTable } from "../../charts/DataTable";
import { figure, label } from "../../charts/metrics";
import { typed } from "../../charts/words";
import type { Model } from "../../client/schema";
import { Metrics } from "../run/evaluation/Metrics";
import { useEvaluation } from "../run/useDocuments";
import { Alternatives } from "../run/verdict/Alternatives";

/** How good it is: beside the naive baseline where its run is known, else by split. */
export default function Results({ model }: { model: Model }) {
  const evaluation = useEvaluation(model.run, model.run !== "" && model.run_state !== null);
  return (
    <SpaceBetween size="l">
      {evaluation.data && <Alternatives evaluation={evaluation.data} />}
      {evaluation.data ? <Metrics evaluation={evaluation.data} /> : <BySplit model={model} />}
      <Parameters model={model} />
    </SpaceBetween>
  );
}

function BySplit({ model }: { model: Model }) {
  const splits = Object.entries(model.metrics_by_split);
  return (
    <Container header={<Header variant="h2">How good it is</Header>}>
      <DataTable
        caption="Metrics by the rows that they were measured on"
        head={["Metric", ...splits.map(([name]) => name)]}
        rows={Object.keys(model.metrics).map((name) => [
          label(name),
          ...splits.map(([, figures]) => figure(name, figures[name], model.unit)),
        ])}
      />
    </Container>
  );
}

function Parameters({ model }: { model: Model }) {
  const known = Object.entries(model.parameters);
  if (known.length === 0) return null;
  return (
    <Container header={<Header variant="h2">Parameters</Header>}>
      <DataTable
        caption={`Parameters of ${model.learner}`}
        head={["Parameter", "Value"]}
        rows={known.map(([name, value]) => [name, typeof value === "number" ? typed(value) : String(value)])}
      />
    </Container>
  );
}
