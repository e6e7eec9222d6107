import { useCollection } from "@cloudscape-design/collection-hooks";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useSearchParams } from "react-router";
import { Listed } from "../../../components/listed/Listed";
import type { Profile } from "../documents";
import { DEFINITIONS } from "./columnDefinitions";
import { Distribution } from "./Distribution";

/** Every column with its distribution, what is missing, and how well it alone predicts the target. */
export function Columns({ profile }: { profile: Profile }) {
  const [parameters, setParameters] = useSearchParams();
  const others = profile.columns.filter((column) => column.role !== "target");
  const strongest = [...others].sort((one, other) => (other.association?.value ?? -1) - (one.association?.value ?? -1));
  const wanted = parameters.get("column") ?? strongest[0]?.name;
  const shown = others.find((column) => column.name === wanted);
  const { items, collectionProps, filterProps, paginationProps } = useCollection(strongest, {
    filtering: { empty: "No columns.", noMatch: "No column has this name.", fields: ["name", "kind"] },
    pagination: { pageSize: 10 },
    sorting: {},
  });
  return (
    <SpaceBetween size="l">
      <Listed
        {...collectionProps}
        items={items}
        trackBy="name"
        columnDefinitions={DEFINITIONS}
        header={
          <Header variant="h2" counter={`(${others.length})`} description="Choose one to see its distribution.">
            Columns
          </Header>
        }
        filter={<TextFilter {...filterProps} filteringPlaceholder="Find a column" filteringAriaLabel="Find a column" />}
        pagination={<Pagination {...paginationProps} ariaLabels={PAGES} />}
        selectionType="single"
        selectedItems={shown ? [shown] : []}
        onSelectionChange={({ detail }) => {
          const name = detail.selectedItems[0]?.name;
          if (name) setParameters((known) => withColumn(known, name), { replace: true, preventScrollReset: true });
        }}
        onRowClick={({ detail }) => setParameters((known) => withColumn(known, detail.item.name), { replace: true, preventScrollReset: true })}
        ariaLabels={{
          selectionGroupLabel: "Column to show",
          itemSelectionLabel: (_, column) => `Show ${column.name}`,
          tableLabel: "Columns",
        }}
        wrapLines
      />
      {shown && (
        <Container header={<Header variant="h2">{shown.name}</Header>}>
          <Distribution column={shown} />
        </Container>
      )}
    </SpaceBetween>
  );
}

function withColumn(known: URLSearchParams, name: string): URLSearchParams {
  const next = new URLSearchParams(known);
  next.set("column", name);
  return next;
}

const PAGES = {
  nextPageLabel: "Next page",
  previousPageLabel: "Previous page",
  pageLabel: (page: number) => `Page ${page}`,
  paginationLabel: "Pages of columns",
};
