import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { figure, label } from "../../charts/metrics";
import type { ModelBrief } from "../../client/schema";
import { Time } from "../../components/Time";
import { runPage } from "../../lib/places";
import { Stage } from "./Stage";

type Column = TableProps.ColumnDefinition<ModelBrief>;
const MAIN = ["value_per_case", "roc_auc", "accuracy", "r2", "rmse", "mae"];
const MOST = 2; // metrics that have a column

export function definitions(models: readonly ModelBrief[]): Column[] {
  const metrics = MAIN.filter((name) => models.some((model) => model.metrics[name] != null)).slice(0, MOST);
  return [
    { id: "version", header: "Version", cell: (model) => <Version model={model} />, isRowHeader: true, minWidth: 120 },
    { id: "stage", header: "Stage", minWidth: 220, cell: (model) => <Judged model={model} /> },
    ...metrics.map(
      (name): Column => ({ id: name, header: label(name), minWidth: 90, cell: (model) => figure(name, model.metrics[name], model.unit) }),
    ),
    { id: "learner", header: "Learner", cell: (model) => model.learner },
    { id: "created", header: "Made", minWidth: 110, cell: (model) => <Made model={model} /> },
    { id: "endpoints", header: "In use at", minWidth: 90, cell: (model) => <Endpoints names={model.endpoints} /> },
  ];
}

function Version({ model }: { model: ModelBrief }) {
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <Link href={`/models/${model.problem}/${model.version ?? model.run}`}>
        {model.version ? `Version ${model.version}` : "Not registered"}
      </Link>
      {model.champion && <Badge color="green">champion</Badge>}
    </SpaceBetween>
  );
}

function Judged({ model }: { model: ModelBrief }) {
  return (
    <>
      <Stage model={model} />
      <Box color="text-body-secondary" fontSize="body-s">
        <span className="breakable">{model.why}</span>
      </Box>
    </>
  );
}

function Made({ model: { run, created_at: at } }: { model: ModelBrief }) {
  const time = <Time at={at} relative />;
  return run ? <Link href={runPage(run)}>{time}</Link> : time;
}

export function Endpoints({ names }: { names: readonly string[] }) {
  if (names.length === 0) return "–";
  return names.map((name) => (
    <div key={name}>
      <Link href={`/endpoints/${name}`}>{name}</Link>
    </div>
  ));
}
