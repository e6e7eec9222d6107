import { useCollection } from "@cloudscape-design/collection-hooks";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { Listed } from "../../../components/listed/Listed";
import type { Check, Look } from "../../../client/schema";
import { Empty } from "../../../components/Empty";
import { Time } from "../../../components/Time";
import { number, plural, share } from "../../../lib/numbers";

const NAMES: Record<string, string> = {
  missing: "Missing values",
  type_faults: "Wrong type",
  out_of_range: "Outside the range of training",
  unseen: "Values that training never saw",
  volume: "Rows an hour",
};

/** Every check of a look, the broken ones first. */
export function CheckTable({ look }: { look: Look }) {
  const checks = [...(look.quality?.checks ?? [])].sort((one, other) => Number(other.broken) - Number(one.broken) || (other.value ?? 0) - (one.value ?? 0));
  const broken = checks.filter((check) => check.broken).length;
  const { items, collectionProps, filterProps, paginationProps } = useCollection(checks, {
    filtering: { empty: <Empty title="Too little traffic to tell">Choose another look above, or wait.</Empty>, noMatch: "No column has this name.", fields: ["column", "check"] },
    pagination: { pageSize: 15 },
    sorting: {},
  });
  return (
    <Listed
      {...collectionProps}
      items={items}
      columnDefinitions={COLUMNS}
      wrapLines
      ariaLabels={{ tableLabel: "Checks of data quality" }}
      header={
        <Header variant="h2" counter={`(${checks.length})`} description={<>Look of <Time at={look.until} />, {plural(look.rows, "prediction")}.</>}>
          {broken ? `${plural(broken, "check")} broken` : "Checks of data quality"}
        </Header>
      }
      filter={<TextFilter {...filterProps} filteringPlaceholder="Find a column" filteringAriaLabel="Find a column" />}
      pagination={<Pagination {...paginationProps} />}
    />
  );
}

const COLUMNS: TableProps.ColumnDefinition<Check>[] = [
  { id: "column", header: "Column", isRowHeader: true, minWidth: 180, sortingField: "column", cell: (one) => <span className="breakable">{one.column ?? "all rows"}</span> },
  { id: "check", header: "Check", minWidth: 160, sortingField: "check", cell: (one) => NAMES[one.check] ?? one.check },
  { id: "state", header: "State", minWidth: 110, sortingField: "broken", cell: (one) => <StatusIndicator type={one.broken ? "error" : "success"}>{one.broken ? "Broken" : "Sound"}</StatusIndicator> },
  { id: "value", header: "Now", minWidth: 90, sortingField: "value", cell: (one) => said(one, one.value) },
  { id: "reference", header: "In training", minWidth: 100, sortingField: "reference", cell: (one) => said(one, one.reference) },
  { id: "rows", header: "Rows", minWidth: 80, sortingField: "rows", cell: (one) => number(one.rows) },
];

function said({ check }: Check, value: number | null): string {
  return check === "volume" ? number(value) : share(value);
}
