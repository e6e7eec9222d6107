import { Pairs } from "../../../components/Pairs";
import type { Retraining } from "../../../client/schema";
import { Time } from "../../../components/Time";
import { count } from "../../../lib/numbers";

const TRIGGERS: Record<string, string> = { drift: "drift", performance: "loss of performance", schedule: "a schedule", new_data: "new data" };

/** When a training starts by itself, and how the last ones went. */
export function Policy({ retraining: { policy, failed_in_a_row: failed, next_at: next, last } }: { retraining: Retraining }) {
  const items = [
    { label: "Starts by itself for", value: policy?.on.length ? policy.on.map((one) => TRIGGERS[one] ?? one).join(", ") : "nothing: only when it is asked for" },
    { label: "Least time between two", value: policy?.cooldown ?? "–" },
    { label: "New outcomes needed", value: count(policy?.minimum_rows) },
    { label: "Without success in a row", value: policy ? `${failed} of at most ${policy.attempts}` : String(failed) },
    ...(next ? [{ label: "Next by schedule", value: <Time at={next} relative /> }] : []),
    ...(last ? [{ label: "The last one", value: <>{last.state}, <Time at={last.at} relative /></> }] : []),
  ];
  return <Pairs columns={3} items={items} />;
}
