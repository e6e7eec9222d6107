import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import type { Proposal } from "../../client/schema";
import { count } from "../../lib/numbers";

/** The first rows, so that one sees the right table was taken. */
export function Sample({ proposal: { columns, rows, rows_sample: sample } }: { proposal: Proposal }) {
  return (
    <Table
      variant="container"
      items={sample}
      columnDefinitions={columns.map(({ name, kind }, at) => ({
        id: `${at}`,
        header: (
          <>
            {name} <small>{kind}</small>
          </>
        ),
        cell: (row: (typeof sample)[number]) => (row[at] === null || row[at] === undefined ? "–" : String(row[at])),
      }))}
      ariaLabels={{ tableLabel: "First rows of the data" }}
      header={
        <Header variant="h2" description={`${count(rows)} rows, ${count(columns.length)} columns; these are the first.`}>
          Your data
        </Header>
      }
    />
  );
}
