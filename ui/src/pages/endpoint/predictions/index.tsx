import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import { Listed } from "../../../components/listed/Listed";
import type { EndpointDetail } from "../../../client/schema";
import { Empty } from "../../../components/Empty";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { count } from "../../../lib/numbers";
import { columns } from "./columns";
import { Filters } from "./Filters";
import { usePredictions } from "./usePredictions";

/** Every captured answer, newest first. */
export default function Predictions({ endpoint }: { endpoint: EndpointDetail }) {
  const { filter, change, predictions, pages } = usePredictions(endpoint.name);
  const { data, error, isFetching, refetch } = predictions;
  if (error && !data) return <ErrorPanel error={error} retry={() => void refetch()} />;
  const narrowed = Boolean(filter.decision || filter.variant || filter.since || filter.until);
  return (
    <Listed
      items={data?.items ?? []}
      trackBy="id"
      columnDefinitions={columns(endpoint, data?.columns ?? [])}
      loading={!data || (isFetching && data.items.length === 0)}
      loadingText="Looking for predictions"
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: "Predictions" }}
      stickyColumns={{ first: 1 }}
      header={
        <Header
          variant="h2"
          counter={data && `(${data.counted ? "" : "at least "}${count(data.total)})`}
          description="Requests and answers as they were captured. Each leads to everything that it came from."
        >
          Predictions
        </Header>
      }
      filter={<Filters endpoint={endpoint} filter={filter} change={change} />}
      pagination={<Pagination {...pages.pagination(data?.next)} />}
      empty={
        narrowed ? (
          <Empty title="No prediction matches" action={<Button onClick={() => change({ decision: "", variant: "", since: "", until: "" })}>Clear the filter</Button>} />
        ) : (
          <Empty title="No prediction yet" action={<Button href="?tab=try">Try it</Button>}>
            {endpoint.settings.capture_rate > 0 ? "Requests of your programs appear here, seconds after they were answered." : "Capturing is switched off in the settings."}
          </Empty>
        )
      }
    />
  );
}
