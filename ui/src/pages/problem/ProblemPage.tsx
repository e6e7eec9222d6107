import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ProblemDetail } from "../../client/schema";
import { Cycle } from "../../components/cycle/Cycle";
import { Facts } from "../../components/Facts";
import { Page } from "../../components/Page";
import { phasePage } from "../../lib/places";
import { Actions } from "./Actions";
import { Asking } from "./Asking";
import { GoalsTable } from "./GoalsTable";
import { MistakesAlert } from "./MistakesAlert";
import { RecentRuns } from "./RecentRuns";
import { Versions } from "./Versions";
import { Worth } from "./Worth";

export function ProblemPage({ problem }: { problem: ProblemDetail }) {
  const file = problem.problem_file;
  return (
    <Page title={problem.name} description={problem.question} actions={<Actions problem={problem} />}>
      <SpaceBetween size="l">
        <MistakesAlert problem={problem} />
        <Container header={<Header variant="h2">Life cycle</Header>}>
          <SpaceBetween size="l">
            <Cycle phases={problem.phases} linkTo={(phase) => phasePage(problem, phase)} />
            <Facts card={problem} />
          </SpaceBetween>
        </Container>
        {file && (
          <ColumnLayout columns={2} minColumnWidth={340}>
            <Asking file={file} />
            <Worth file={file} />
          </ColumnLayout>
        )}
        {file && <GoalsTable problem={problem} file={file} />}
        <RecentRuns problem={problem} />
        <Versions problem={problem} />
      </SpaceBetween>
    </Page>
  );
}
