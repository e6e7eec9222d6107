import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Tiles } from "../../../charts/Tiles";
import { api } from "../../../client/api";
import type { ColumnLook } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { ColumnFindings } from "./ColumnFindings";
import { Distributions } from "./Distributions";
import { Figures } from "./Figures";

/** One column: as it was in training, and as it is now. */
export function ColumnPanel({ name, look, column }: { name: string; look: string; column: string }) {
  const init = { params: { path: { name, look }, query: { column } } };
  const found = api.useQuery("get", "/api/v1/endpoints/{name}/looks/{look}/column", init, { retry: false });
  return <Asked of={found}>{(told) => <Shown told={told} />}</Asked>;
}

function Shown({ told }: { told: ColumnLook }) {
  return (
    <Container
      header={
        <Header variant="h2" description={told.drift.why}>
          <span className="breakable">{told.column}</span>
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ColumnFindings findings={told.findings} />
        <Tiles least={360}>
          <Distributions told={told} />
          <Figures told={told} />
        </Tiles>
      </SpaceBetween>
    </Container>
  );
}
