import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import type { TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData } from "@tanstack/react-query";
import { Listed } from "../../../components/listed/Listed";
import { api } from "../../../client/api";
import type { EndpointChange } from "../../../client/schema";
import { Time } from "../../../components/Time";
import { number } from "../../../lib/numbers";
import { modelPage } from "../../../lib/places";
import { usePages } from "../../../lib/paging";

const PER_PAGE = 20;

/** Every state the endpoint had: who changed it, when and why. */
export default function Changes({ name }: { name: string }) {
  const pages = usePages(name);
  const query = { limit: PER_PAGE, cursor: pages.cursor };
  const { data } = api.useQuery("get", "/api/v1/endpoints/{name}/history", { params: { path: { name }, query } }, { placeholderData: keepPreviousData });
  return (
    <Listed
      items={data?.items ?? []}
      loading={!data}
      loadingText="Loading"
      columnDefinitions={columns(name)}
      wrapLines
      ariaLabels={{ tableLabel: "Changes of the endpoint" }}
      header={
        <Header variant="h2" counter={data && `(${data.total})`} description="Nothing is ever overwritten: every state stays here.">
          Changes
        </Header>
      }
      pagination={<Pagination {...pages.pagination(data?.next)} />}
    />
  );
}

function columns(name: string): TableProps.ColumnDefinition<EndpointChange>[] {
  return [
    { id: "revision", header: "Revision", isRowHeader: true, minWidth: 90, cell: (one) => one.revision },
    { id: "at", header: "When", minWidth: 160, cell: (one) => <Time at={one.changed_at} /> },
    { id: "by", header: "Who", minWidth: 110, cell: (one) => one.by || "–" },
    { id: "why", header: "What and why", minWidth: 240, cell: (one) => <Why change={one} /> },
    { id: "models", header: "In use from then on", minWidth: 200, cell: (one) => <Models name={name} change={one} /> },
  ];
}

function Why({ change: { why, forced } }: { change: EndpointChange }) {
  return (
    <>
      {why}
      {forced && <Box color="text-status-warning">Deployed although the goals were not met.</Box>}
    </>
  );
}

function Models({ name, change: { variants } }: { name: string; change: EndpointChange }) {
  if (variants.length === 0) return "nothing";
  return variants.map(({ role, label, version, weight }) => (
    <div key={role}>
      {version ? <Link href={modelPage(name, version)}>{label}</Link> : label} {`(${role}, ${number(weight)}%)`}
    </div>
  ));
}
