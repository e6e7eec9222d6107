import Header from "@cloudscape-design/components/header";
import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import { Listed } from "../../components/listed/Listed";
import { Empty } from "../../components/Empty";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/Page";
import { COLUMNS } from "./columns";
import { Filters } from "./Filters";
import { useEndpoints } from "./useEndpoints";

/** What answers, and how it does. */
export function Component() {
  const { filter, change, endpoints, pages } = useEndpoints();
  const { data, error, refetch } = endpoints;
  return (
    <Page title="Endpoints" description="Each answers one question with the model that is in use. Figures are of the last minute.">
      {error && !data ? (
        <ErrorPanel error={error} retry={() => void refetch()} />
      ) : (
        <Listed
          items={data?.items ?? []}
          columnDefinitions={COLUMNS}
          trackBy="name"
          enableKeyboardNavigation
          wrapLines
          loading={!data}
          loadingText="Loading endpoints"
          header={
            <Header variant="h2" counter={data && `(${data.total})`}>
              In use
            </Header>
          }
          ariaLabels={{ tableLabel: "Endpoints" }}
          sortingColumn={{ sortingField: filter.sort.replace("-", "") }}
          sortingDescending={filter.sort.startsWith("-")}
          onSortingChange={({ detail }) => change({ sort: (detail.isDescending ? "-" : "") + (detail.sortingColumn.sortingField ?? "") })}
          filter={<Filters filter={filter} change={change} />}
          pagination={<Pagination {...pages.pagination(data?.next)} />}
          empty={filter.q ? <Empty title="No endpoint has this name" action={<Button onClick={() => change({ q: "" })}>Clear the filter</Button>} /> : <None />}
        />
      )}
    </Page>
  );
}

function None() {
  return (
    <Empty title="Nothing is deployed yet" action={<Button href="/">See your problems</Button>}>
      Open a model that meets its goals and choose Deploy: it answers here at once.
    </Empty>
  );
}
