import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import type { TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData } from "@tanstack/react-query";
import { Listed } from "../../../components/listed/Listed";
import { api } from "../../../client/api";
import type { BatchBrief } from "../../../client/schema";
import { Empty } from "../../../components/Empty";
import { Time } from "../../../components/Time";
import { count } from "../../../lib/numbers";
import { usePages } from "../../../lib/paging";
import { BatchState } from "./BatchState";
import { going } from "./going";

const PER_PAGE = 10;
const REFRESH = 1000; // ms, while one is being scored

interface Props {
  name: string;
  onChoose: (batch: string) => void;
}

/** Files that were scored before. */
export function Files({ name, onChoose }: Props) {
  const pages = usePages(name);
  const query = { endpoint: name, limit: PER_PAGE, cursor: pages.cursor };
  const { data } = api.useQuery("get", "/api/v1/batches", { params: { query } }, {
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some(going) ? REFRESH : false),
  });
  return (
    <Listed
      items={data?.items ?? []}
      loading={!data}
      loadingText="Loading"
      columnDefinitions={columns(onChoose)}
      wrapLines
      ariaLabels={{ tableLabel: "Scored files" }}
      header={
        <Header variant="h2" counter={data && `(${data.total})`}>
          Scored files
        </Header>
      }
      pagination={(data?.total ?? 0) > PER_PAGE && <Pagination {...pages.pagination(data?.next)} />}
      empty={<Empty title="No file yet">Choose one above: it comes back with an answer in each row.</Empty>}
    />
  );
}

function columns(onChoose: (batch: string) => void): TableProps.ColumnDefinition<BatchBrief>[] {
  return [
    { id: "name", header: "File", isRowHeader: true, minWidth: 180, cell: (one) => <Link onFollow={() => onChoose(one.id)}>{one.name}</Link> },
    { id: "state", header: "State", minWidth: 130, cell: (one) => <BatchState of={one.state} /> },
    { id: "rows", header: "Rows", minWidth: 80, cell: (one) => count(one.rows) },
    { id: "skipped", header: "Left out", minWidth: 90, cell: (one) => count(one.skipped) },
    { id: "model", header: "Model", minWidth: 100, cell: (one) => (one.version ? `version ${one.version}` : one.bundle_digest.slice(0, 12)) },
    { id: "started", header: "Begun", minWidth: 140, cell: (one) => <Time at={one.started_at} relative /> },
    { id: "by", header: "By", minWidth: 90, cell: (one) => one.by || "–" },
  ];
}
