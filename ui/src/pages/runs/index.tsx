import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import { useState } from "react";
import { Listed } from "../../components/listed/Listed";
import type { RunBrief } from "../../client/schema";
import { COLUMNS } from "../../components/runs/columns";
import { Empty } from "../../components/Empty";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/Page";
import { Compare, MOST } from "./Compare";
import { Filters } from "./Filters";
import { useRunsQuery } from "./useRunsQuery";

export function Component() {
  const [chosen, setChosen] = useState<readonly RunBrief[]>([]);
  const { filter, change, runs, pages } = useRunsQuery();
  const { data, error, isFetching, refetch } = runs;
  const narrowed = Boolean(filter.q || filter.problem || filter.state);
  return (
    <Page
      title="Runs"
      description="Each run takes a problem through its life cycle to a verdict. Select two or more to compare them."
      actions={<Compare chosen={chosen} />}
    >
      {error && !data ? (
        <ErrorPanel error={error} retry={() => void refetch()} />
      ) : (
        <Listed
          variant="container"
          items={data?.items ?? []}
          columnDefinitions={COLUMNS}
          trackBy="id"
          enableKeyboardNavigation
          loading={!data || (isFetching && data.items.length === 0)}
          loadingText="Loading runs"
          selectionType="multi"
          selectedItems={chosen}
          onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
          isItemDisabled={(run) => chosen.length >= MOST && !chosen.some(({ id }) => id === run.id)}
          ariaLabels={{
            tableLabel: "Runs",
            selectionGroupLabel: "Runs to compare",
            allItemsSelectionLabel: () => "Select all runs on this page",
            itemSelectionLabel: (_, run) => `Select run ${run.id}`,
          }}
          sortingColumn={{ sortingField: filter.sort.replace("-", "") }}
          sortingDescending={filter.sort.startsWith("-")}
          onSortingChange={({ detail }) => change({ sort: (detail.isDescending ? "-" : "") + (detail.sortingColumn.sortingField ?? "") })}
          filter={<Filters filter={filter} change={change} total={data?.total} />}
          pagination={<Pagination {...pages.pagination(data?.next)} />}
          empty={narrowed ? <Nothing clear={() => change({ q: "", problem: "", state: "" })} /> : <None />}
        />
      )}
    </Page>
  );
}

function None() {
  return (
    <Empty title="No runs yet" action={<Button href="/new">New problem</Button>}>
      A run starts from a problem: ask a question first.
    </Empty>
  );
}

function Nothing({ clear }: { clear: () => void }) {
  return (
    <Empty title="No run matches" action={<Button onClick={clear}>Clear the filter</Button>}>
      No run has this text, problem and state together.
    </Empty>
  );
}
