import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import type { TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData } from "@tanstack/react-query";
import { Listed } from "../../../components/listed/Listed";
import { api } from "../../../client/api";
import type { AttemptBrief } from "../../../client/schema";
import { Empty } from "../../../components/Empty";
import { Time } from "../../../components/Time";
import { modelPage } from "../../../lib/places";
import { usePages } from "../../../lib/paging";
import { AttemptState } from "./AttemptState";

const PER_PAGE = 10;

interface Props {
  name: string;
  chosen: number;
  busy: boolean;
  onChoose: (number: number) => void;
}

/** Every challenger, the newest first. */
export function Attempts({ name, chosen, busy, onChoose }: Props) {
  const pages = usePages(name);
  const query = { limit: PER_PAGE, cursor: pages.cursor };
  const options = { placeholderData: keepPreviousData, refetchInterval: busy ? 1000 : (false as const) };
  const { data } = api.useQuery("get", "/api/v1/endpoints/{name}/attempts", { params: { path: { name }, query } }, options);
  const items = data?.items ?? [];
  return (
    <Listed
      items={items}
      trackBy={(one) => String(one.number)}
      loading={!data}
      loadingText="Loading"
      columnDefinitions={columns(name)}
      wrapLines
      selectionType="single"
      selectedItems={items.filter(({ number }) => number === chosen)}
      onSelectionChange={({ detail }) => onChoose(detail.selectedItems[0]?.number ?? 0)}
      onRowClick={({ detail }) => onChoose(detail.item.number)}
      ariaLabels={{ tableLabel: "Challengers", selectionGroupLabel: "Challenger to show", itemSelectionLabel: (_, one) => `Show challenger ${one.number}` }}
      header={<Header variant="h2" counter={data && `(${data.total})`}>Challengers</Header>}
      pagination={(data?.total ?? 0) > PER_PAGE && <Pagination {...pages.pagination(data?.next)} />}
      empty={<Empty title="No challenger yet">One is trained when the policy above says so, or by “Retrain”.</Empty>}
    />
  );
}

function columns(name: string): TableProps.ColumnDefinition<AttemptBrief>[] {
  const version = (number: number | null) => (number ? <Link href={modelPage(name, number)}>version {number}</Link> : "–");
  return [
    { id: "number", header: "No.", isRowHeader: true, minWidth: 40, cell: (one) => one.number },
    { id: "at", header: "When", minWidth: 130, cell: (one) => <Time at={one.at} /> },
    { id: "trigger", header: "Because of", minWidth: 70, cell: (one) => one.trigger },
    { id: "state", header: "Outcome", minWidth: 130, cell: (one) => <AttemptState of={one.state} /> },
    { id: "live", header: "Champion", minWidth: 90, cell: (one) => version(one.live) },
    { id: "version", header: "Challenger", minWidth: 90, cell: (one) => version(one.version) },
    { id: "why", header: "Why", minWidth: 210, cell: (one) => one.why || "–" },
  ];
}
