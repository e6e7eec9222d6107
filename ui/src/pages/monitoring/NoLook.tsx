import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import type { Monitoring } from "../../client/schema";
import { Empty } from "../../components/Empty";
import { endpointPage } from "../../lib/places";
import { useLook } from "./useLook";

/** Nobody has looked yet. */
export function NoLook({ monitoring: { endpoint, every, minimum_rows: rows, version } }: { monitoring: Monitoring }) {
  const look = useLook(endpoint);
  const action =
    version === null ? (
      <Button href={endpointPage(endpoint)}>Go to the endpoint</Button>
    ) : (
      <Button loading={look.isPending} onClick={() => look.mutate(null)}>
        Look now
      </Button>
    );
  return (
    <Container>
      <Empty title="Nobody has looked yet" action={action}>
        While the server runs, it looks every {every}, at {rows} predictions or more; fewer say nothing.
      </Empty>
    </Container>
  );
}
