import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import type { EndpointDetail, Prediction } from "../../../client/schema";
import { Time } from "../../../components/Time";
import { at } from "../../../lib/time";
import { number, percent } from "../../../lib/numbers";
import { lineagePage } from "../../../lib/places";

type Column = TableProps.ColumnDefinition<Prediction>;
const MOST = 40; // columns of the input

/** `inputs`: the columns of the model's input, in order. */
export function columns(endpoint: EndpointDetail, inputs: readonly string[]): Column[] {
  return [
    { id: "time", header: "Time", isRowHeader: true, minWidth: 170, cell: (one) => <Link href={lineagePage(one.id)} ariaLabel={`Prediction of ${at(one.time)}, where it came from`}><Time at={one.time} /></Link> },
    ...answers(endpoint),
    { id: "model", header: "Model", minWidth: 130, cell: (one) => `${one.version ? `version ${one.version}` : "–"}${one.variant === "live" ? "" : ` (${one.variant})`}` },
    ...inputs.slice(0, MOST).map((name): Column => ({ id: `input ${name}`, header: name, minWidth: 110, cell: (one) => said(one.input[name]) })),
  ];
}

function answers({ task, unit, positive }: EndpointDetail): Column[] {
  if (task === "regression") return [{ id: "value", header: "Value", minWidth: 110, cell: (one) => `${number(one.value, 4)} ${unit}`.trim() }];
  return [
    { id: "decision", header: "Decision", minWidth: 130, cell: (one) => one.decision ?? "–" },
    { id: "probability", header: positive ? `Probability of ${positive}` : "Probability", minWidth: 130, cell: (one) => (one.probability === null ? "–" : percent(one.probability, 0.001)) },
  ];
}

function said(value: Prediction["input"][string] | undefined): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? number(value, 4) : String(value);
}
