import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { EndpointDetail } from "../../../client/schema";
import { Empty } from "../../../components/Empty";
import { modelsPage } from "../../../lib/places";
import { CanaryPanel } from "./CanaryPanel";
import { TrafficPanel } from "./TrafficPanel";
import { Variants } from "./Variants";

/** What answers now, and how it does. */
export default function Live({ endpoint }: { endpoint: EndpointDetail }) {
  if (endpoint.variants.length === 0) {
    return (
      <Container>
        <Empty title="Nothing is in use here" action={<Button href={modelsPage(endpoint.name)}>See the models</Button>}>
          Open a model and choose Deploy, and requests are answered again.
        </Empty>
      </Container>
    );
  }
  return (
    <SpaceBetween size="l">
      {endpoint.canary && <CanaryPanel canary={endpoint.canary} />}
      <Variants endpoint={endpoint} />
      <TrafficPanel name={endpoint.name} />
    </SpaceBetween>
  );
}
