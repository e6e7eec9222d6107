import Alert from "@cloudscape-design/components/alert";
import type { EndpointDetail } from "../../client/schema";
import { Time } from "../../components/Time";
import { number } from "../../lib/numbers";

/** Somebody else changed the endpoint while this person was deciding. */
export function Meanwhile({ endpoint: { variants, by, changed_at: at, why } }: { endpoint: EndpointDetail }) {
  const now = variants.map(({ label, role, weight }) => `${label} (${role}, ${number(weight)}%)`);
  return (
    <Alert type="warning" header="Somebody else changed this endpoint meanwhile">
      Nothing of yours was done. {by ? `${by} changed it` : "It was changed"} <Time at={at} relative />
      {why && `: ${why}`}. Now {now.length ? `in use: ${now.join(", ")}` : "nothing is in use"}. Decide again.
    </Alert>
  );
}
