import { api } from "../../../client/api";
import type { EndpointDetail } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { Empty } from "../../../components/Empty";
import Container from "@cloudscape-design/components/container";
import { TryIt } from "./TryIt";

export default function Tried({ endpoint }: { endpoint: EndpointDetail }) {
  if (!endpoint.serving || endpoint.variants.length === 0) {
    return (
      <Container>
        <Empty title="Nothing answers here">
          {endpoint.variants.length ? "Another server answers for this endpoint: try it there." : "Deploy a model first, then ask it here."}
        </Empty>
      </Container>
    );
  }
  return <Loaded name={endpoint.name} revision={endpoint.revision} />;
}

function Loaded({ name, revision }: { name: string; revision: number }) {
  const form = api.useQuery("get", "/api/v1/endpoints/{name}/inputs", { params: { path: { name } } });
  return <Asked of={form}>{(found) => <TryIt key={`${found.bundle_digest} ${revision}`} form={found} />}</Asked>;
}
