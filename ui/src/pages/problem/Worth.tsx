import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { Problem } from "../../client/schema";
import { WorthTable } from "../../components/WorthTable";
import { Empty } from "../../components/Empty";

/** What each outcome of the decision is worth. */
export function Worth({ file: { problem, value, decision } }: { file: Problem }) {
  return (
    <Container fitHeight header={<Header variant="h2">What outcomes are worth</Header>}>
      {value ? (
        <>
          <WorthTable value={value} positive={problem.positive === null ? "yes" : String(problem.positive)} />
          {decision.capacity !== null && (
            <Box color="text-body-secondary" margin={{ top: "s" }}>
              At most {decision.capacity}
              {decision.out_of !== null && ` of every ${decision.out_of}`} can be acted on.
            </Box>
          )}
        </>
      ) : (
        <Empty title="Not said">
          {problem.task === "regression" ? "For a number there is no value of outcomes." : "With what outcomes are worth, the model acts where that pays."}
        </Empty>
      )}
    </Container>
  );
}
