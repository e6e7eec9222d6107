import { Pairs } from "../../../components/Pairs";
import type { Batch } from "../../../client/schema";
import { Time } from "../../../components/Time";
import { bytes, count, plural, seconds } from "../../../lib/numbers";

/** What came out of a file. */
export function BatchFacts({ batch }: { batch: Batch }) {
  const { missing, unseen, absent, skipped } = batch;
  const notes = [
    missing > 0 && `${plural(missing, "value")} missing`,
    unseen > 0 && `${plural(unseen, "text")} that training never saw`,
    absent.length > 0 && `without ${absent.slice(0, 5).join(", ")}${absent.length > 5 ? " …" : ""}`,
  ].filter(Boolean);
  const items = [
    { label: "Rows scored", value: count(batch.rows) },
    { label: "Rows left out", value: count(skipped) },
    { label: "Model", value: batch.version ? `version ${batch.version}` : batch.bundle_digest.slice(0, 12) },
    { label: "Took", value: seconds(batch.seconds) },
    { label: "Begun", value: <Time at={batch.started_at} /> },
    { label: "Result", value: batch.result_size === null ? "–" : bytes(batch.result_size) },
    { label: "Worth knowing", value: notes.length ? <span className="breakable">{notes.join("; ")}</span> : "–" },
  ];
  return <Pairs columns={4} items={items} />;
}
