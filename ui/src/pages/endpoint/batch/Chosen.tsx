import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { api } from "../../../client/api";
import { Asked } from "../../../components/Asked";
import { BatchActions } from "./BatchActions";
import { BatchFacts } from "./BatchFacts";
import { BatchProgress } from "./BatchProgress";
import { Faults } from "./Faults";
import { going } from "./going";

const REFRESH = 700; // ms, while it is being scored

/** One file: how far it is, what came out, what was wrong in it. */
export function Chosen({ id }: { id: string }) {
  const batch = api.useQuery("get", "/api/v1/batches/{batch}", { params: { path: { batch: id } } }, {
    refetchInterval: ({ state }) => (state.data && !going(state.data) ? false : REFRESH),
  });
  return (
    <Asked of={batch}>
      {(found) => (
        <Container
          header={
            <Header variant="h2" actions={<BatchActions batch={found} />}>
              <span className="breakable">{found.name}</span>
            </Header>
          }
        >
          <SpaceBetween size="m">
            <BatchProgress batch={found} />
            <BatchFacts batch={found} />
            {found.fault_count > 0 && <Faults id={id} count={found.fault_count} />}
          </SpaceBetween>
        </Container>
      )}
    </Asked>
  );
}
