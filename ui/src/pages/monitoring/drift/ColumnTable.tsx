import { useCollection } from "@cloudscape-design/collection-hooks";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import TextFilter from "@cloudscape-design/components/text-filter";
import { Listed } from "../../../components/listed/Listed";
import type { Look } from "../../../client/schema";
import { Empty } from "../../../components/Empty";
import { Time } from "../../../components/Time";
import { plural } from "../../../lib/numbers";
import { definitions } from "./definitions";
import type { RankedColumn } from "./ranked";

interface Props {
  look: Look;
  columns: RankedColumn[];
  column: string | null;
  onColumn: (column: string) => void;
}

/** Every column of a look: how far it moved, and what that may cost. */
export function ColumnTable({ look, columns, column, onColumn }: Props) {
  const { items, collectionProps, filterProps, paginationProps } = useCollection(columns, {
    filtering: { empty: <Few look={look} />, noMatch: "No column has this name.", fields: ["column"] },
    pagination: { pageSize: 10 },
    sorting: {},
  });
  return (
    <Listed
      {...collectionProps}
      items={items}
      trackBy="column"
      columnDefinitions={definitions(look.unit)}
      wrapLines
      header={
        <Header
          variant="h2"
          counter={`(${columns.length})`}
          description={<>Look of <Time at={look.until} />, {plural(look.rows, "prediction")}. Choose a column to see its two distributions.</>}
        >
          Columns, the dearest first
        </Header>
      }
      filter={<TextFilter {...filterProps} filteringPlaceholder="Find a column" filteringAriaLabel="Find a column" />}
      pagination={<Pagination {...paginationProps} />}
      selectionType="single"
      selectedItems={columns.filter((one) => one.column === column)}
      onSelectionChange={({ detail }) => onColumn(detail.selectedItems[0]?.column ?? "")}
      onRowClick={({ detail }) => onColumn(detail.item.column)}
      ariaLabels={{ tableLabel: "Columns", selectionGroupLabel: "Column to show", itemSelectionLabel: (_, one) => `Show ${one.column}` }}
    />
  );
}

function Few({ look }: { look: Look }) {
  if (look.enough) return <Empty title="This model has no baseline">It was made before baselines were kept: make it again to have its drift watched.</Empty>;
  return (
    <Empty title="Too little traffic to tell">
      {plural(look.rows, "prediction")} in this window, and {look.minimum_rows} are needed. Choose another look above, or wait.
    </Empty>
  );
}
