import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import { lazy, Suspense, useState } from "react";
import { Listed } from "../../components/listed/Listed";
import type { Alert } from "../../client/schema";
import { Empty } from "../../components/Empty";
import { ErrorPanel } from "../../components/ErrorPanel";
import { definitions } from "./definitions";
import { Filters } from "./Filters";
import { useAlerts } from "./useAlerts";

const AcknowledgeDialog = lazy(() => import("./AcknowledgeDialog"));

/** Alerts of one endpoint, or of all. */
export default function AlertTable({ endpoint }: { endpoint?: string | undefined }) {
  const { filter, change, alerts, pages } = useAlerts(endpoint);
  const [chosen, setChosen] = useState<Alert | null>(null);
  const { data, error, refetch } = alerts;
  if (error && !data) return <ErrorPanel error={error} retry={() => void refetch()} />;
  const narrowed = Boolean(filter.q || filter.severity);
  return (
    <>
      <Listed
        items={data?.items ?? []}
        trackBy="id"
        loading={!data}
        loadingText="Looking for alerts"
        columnDefinitions={definitions(setChosen, endpoint !== undefined)}
        wrapLines
        ariaLabels={{ tableLabel: "Alerts" }}
        header={
          <Header variant="h2" counter={data && `(${data.total})`}>
            Alerts
          </Header>
        }
        filter={<Filters filter={filter} change={change} />}
        pagination={<Pagination {...pages.pagination(data?.next)} />}
        empty={
          narrowed ? (
            <Empty title="No alert matches" action={<Button onClick={() => change({ q: "", severity: "", state: "open" })}>Clear the filter</Button>} />
          ) : (
            <Empty title="Nothing to worry about" action={filter.state === "all" ? null : <Button onClick={() => change({ state: "all" })}>See those that were resolved</Button>}>
              {filter.state === "open" ? "No alert is open. The server goes on looking." : "There is no such alert."}
            </Empty>
          )
        }
      />
      <Suspense>{chosen && <AcknowledgeDialog alert={chosen} onClose={() => setChosen(null)} />}</Suspense>
    </>
  );
}
