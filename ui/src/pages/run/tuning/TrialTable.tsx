import { useCollection } from "@cloudscape-design/collection-hooks";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Listed } from "../../../components/listed/Listed";
import { figure, label } from "../../../charts/metrics";
import { count } from "../../../charts/words";
import type { Training, Trial } from "../documents";
import { parameters, ranked } from "./trials";

const STATES = { complete: "success", pruned: "stopped", cut: "warning" } as const;
const MEANING = { complete: "complete", pruned: "given up early", cut: "out of time" };

/** All trials, the best first. */
export function TrialTable({ training }: { training: Training }) {
  const { items, collectionProps, paginationProps } = useCollection(ranked(training), {
    pagination: { pageSize: 10 },
    sorting: {},
    filtering: { empty: "Nothing was tried: the parameters were given." },
  });
  return (
    <Listed
      {...collectionProps}
      items={items}
      trackBy={(trial) => String(trial.number)}
      header={
        <Header variant="h2" counter={`(${training.trials.length})`}>
          All trials
        </Header>
      }
      pagination={<Pagination {...paginationProps} ariaLabels={PAGES} />}
      ariaLabels={{ tableLabel: "All trials" }}
      columnDefinitions={[
        { id: "number", header: "Trial", cell: (trial: Trial) => trial.number + 1, sortingField: "number", isRowHeader: true },
        { id: "learner", header: "Learner", cell: (trial) => trial.learner, sortingField: "learner" },
        { id: "score", header: label(training.metric), cell: (trial) => figure(training.metric, trial.score), sortingField: "score" },
        { id: "rounds", header: "Rounds", cell: (trial) => count(trial.rounds), sortingField: "rounds" },
        {
          id: "state",
          header: "State",
          minWidth: 150,
          cell: (trial) => <StatusIndicator type={STATES[trial.state]}>{MEANING[trial.state]}</StatusIndicator>,
        },
        { id: "parameters", header: "Parameters", cell: parameters, minWidth: 280 },
      ]}
      wrapLines
    />
  );
}

const PAGES = {
  nextPageLabel: "Next page",
  previousPageLabel: "Previous page",
  pageLabel: (page: number) => `Page ${page}`,
  paginationLabel: "Pages of trials",
};
