import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Evaluation } from "../documents";
import { Gaps } from "./Gaps";
import { Groups } from "./Groups";

/** Is it fair to every group? Each group of test rows measured by itself, and how far apart they are. */
export function GroupsTab({ evaluation }: { evaluation: Evaluation }) {
  if (evaluation.segments.length === 0) {
    return (
      <Container header={<Header variant="h2">Groups</Header>}>
        <Box>
          There is no category column of few values to compare groups by. Name columns under evaluate.segments in the
          problem file to see figures group by group.
        </Box>
      </Container>
    );
  }
  return (
    <SpaceBetween size="l">
      <Gaps evaluation={evaluation} />
      {evaluation.segments.map((segment) => (
        <Groups key={segment.column} segment={segment} evaluation={evaluation} />
      ))}
    </SpaceBetween>
  );
}
