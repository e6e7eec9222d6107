import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import type { TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData } from "@tanstack/react-query";
import { Listed } from "../../../components/listed/Listed";
import { api } from "../../../client/api";
import type { RowFault } from "../../../client/schema";
import { count } from "../../../lib/numbers";
import { usePages } from "../../../lib/paging";

const PER_PAGE = 20;

/** What was wrong in the file, row by row. */
export function Faults({ id, count: total }: { id: string; count: number }) {
  const pages = usePages(id);
  const query = { limit: PER_PAGE, cursor: pages.cursor };
  const { data } = api.useQuery("get", "/api/v1/batches/{batch}/faults", { params: { path: { batch: id }, query } }, { placeholderData: keepPreviousData });
  return (
    <Listed
      variant="embedded"
      items={data?.items ?? []}
      loading={!data}
      loadingText="Loading"
      columnDefinitions={COLUMNS}
      wrapLines
      ariaLabels={{ tableLabel: "Wrong values of the file" }}
      header={
        <Header variant="h3" counter={`(${count(total)})`} description="Put these right in the file, and score it again.">
          Wrong values
        </Header>
      }
      pagination={total > PER_PAGE && <Pagination {...pages.pagination(data?.next)} />}
    />
  );
}

const COLUMNS: TableProps.ColumnDefinition<RowFault>[] = [
  { id: "line", header: "Line", cell: ({ line, row }) => (line === null ? `row ${count(row + 1)}` : count(line)), isRowHeader: true, minWidth: 90 },
  { id: "column", header: "Column", cell: ({ column }) => column ?? "–", minWidth: 140 },
  { id: "found", header: "Found", cell: ({ found }) => said(found), minWidth: 140 },
  { id: "allowed", header: "Wanted", cell: ({ allowed }) => said(allowed), minWidth: 200 },
];

function said(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
