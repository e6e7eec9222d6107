import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { Listed } from "../../components/listed/Listed";
import { api } from "../../client/api";
import type { ProblemDetail } from "../../client/schema";
import { Empty } from "../../components/Empty";
import { ErrorPanel } from "../../components/ErrorPanel";
import { COLUMNS } from "../../components/runs/columns";
import { runsPage } from "../../lib/places";

const SHOWN = ["started", "state", "result", "model", "seconds", "trigger"];

export function RecentRuns({ problem: { name } }: { problem: ProblemDetail }) {
  const query = { limit: 5, problem: name };
  const { data, error, refetch } = api.useQuery("get", "/api/v1/runs", { params: { query } });
  if (error && !data) return <ErrorPanel error={error} retry={() => void refetch()} />;
  return (
    <Listed
      variant="container"
      items={data?.items ?? []}
      columnDefinitions={COLUMNS.filter(({ id }) => id !== undefined && SHOWN.includes(id))}
      sortingDisabled
      trackBy="id"
      loading={!data}
      loadingText="Loading runs"
      ariaLabels={{ tableLabel: `Runs of ${name}` }}
      header={
        <Header variant="h2" counter={data && `(${data.total})`} actions={<Link href={runsPage(name)}>All runs</Link>}>
          Latest runs
        </Header>
      }
      empty={<Empty title="Not run yet">Start a run to see whether the data answer the question.</Empty>}
    />
  );
}
