import Badge from "@cloudscape-design/components/badge";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { Bar } from "../../../charts/Bars";
import { Spark } from "../../../charts/Spark";
import { VARIABLES } from "../../../charts/colours";
import { count, number, range, share } from "../../../charts/words";
import type { ProfileColumn } from "../documents";
import { said } from "./Distribution";

const association = (column: ProfileColumn) => column.association?.value ?? null;

export const DEFINITIONS: TableProps.ColumnDefinition<ProfileColumn>[] = [
  { id: "name", header: "Column", cell: (column) => <Name column={column} />, sortingField: "name", isRowHeader: true },
  { id: "kind", header: "Kind", cell: (column) => column.kind, sortingField: "kind" },
  { id: "spread", header: "Distribution", cell: (column) => <Spark counts={heights(column)} />, minWidth: 120 },
  { id: "range", header: "Values", cell: values },
  {
    id: "missing",
    header: "Missing",
    cell: (column) => (column.missing ? share(column.missing_share) : "none"),
    sortingField: "missing",
  },
  { id: "distinct", header: "Different", cell: (column) => count(column.distinct), sortingField: "distinct" },
  {
    id: "association",
    header: "Predicts the target alone",
    minWidth: 140,
    cell: (column) => <Strength value={association(column)} />,
    sortingComparator: (one, other) => (association(one) ?? -1) - (association(other) ?? -1),
  },
];

function Name({ column }: { column: ProfileColumn }) {
  return (
    <SpaceBetween size="xxs" direction="horizontal">
      {column.name}
      {column.role !== "feature" && <Badge>{column.role}</Badge>}
      {column.warnings.map((code) => (
        <Badge key={code} color={code === "leakage" ? "red" : "grey"}>
          {code}
        </Badge>
      ))}
    </SpaceBetween>
  );
}

function Strength({ value }: { value: number | null }) {
  if (value === null) return "–";
  return (
    <div style={VARIABLES}>
      {number(value)}
      <Bar row={{ value }} high={1} />
    </div>
  );
}

function heights(column: ProfileColumn): number[] {
  return column.histogram?.counts ?? column.top.map((one) => one.count);
}

function values(column: ProfileColumn): string {
  if (typeof column.min === "number" && typeof column.max === "number") return range(column.min, column.max);
  if (column.min !== null) return `${said(column.min)} to ${said(column.max)}`;
  return column.top
    .slice(0, 3)
    .map((one) => said(one.value))
    .join(", ");
}
