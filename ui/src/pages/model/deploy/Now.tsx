import Alert from "@cloudscape-design/components/alert";
import type { EndpointDetail } from "../../../client/schema";
import { Loading } from "../../../components/Loading";
import { Time } from "../../../components/Time";

/** What answers now, and who made it so. */
export function Now({ endpoint, pending, name }: { endpoint: EndpointDetail | undefined; pending: boolean; name: string }) {
  if (pending) return <Loading />;
  if (!endpoint || endpoint.variants.length === 0) {
    return <Alert type="info">Nothing answers at {name} yet: this is its first model.</Alert>;
  }
  const variants = endpoint.variants.map((variant) => `${variant.label} (${variant.role}, ${variant.weight}%)`);
  return (
    <Alert type="info" header="What answers now">
      {variants.join(", ")}, since <Time at={endpoint.changed_at} />
      {endpoint.by && ` by ${endpoint.by}`}. {endpoint.why}
    </Alert>
  );
}
