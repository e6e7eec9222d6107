import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Steps from "@cloudscape-design/components/steps";
import type { Lineage } from "../../client/schema";
import { stations } from "./stations";

/** The chain, from the answer backwards. */
export function Chain({ lineage }: { lineage: Lineage }) {
  return (
    <Container
      header={
        <Header variant="h2" description="From the answer backwards. The same problem, data and code make the same model again, bit by bit.">
          Where it came from
        </Header>
      }
    >
      <Steps
        ariaLabel="Lineage of the prediction"
        steps={stations(lineage).map(({ name, what, details, known }) => ({
          status: known ? ("success" as const) : ("stopped" as const),
          statusIconAriaLabel: known ? "known" : "not known",
          header: (
            <span className="breakable" style={{ color: "var(--text)" }}>
              <strong>{name}</strong>: {what}
            </span>
          ),
          details: <span className="breakable">{details}</span>,
        }))}
      />
    </Container>
  );
}
