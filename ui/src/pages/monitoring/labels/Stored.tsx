import Alert from "@cloudscape-design/components/alert";
import { DataTable } from "../../../charts/DataTable";
import type { FeedbackResult } from "../../../client/schema";
import { count, plural } from "../../../lib/numbers";

/** What became of a file of outcomes. */
export function Stored({ result }: { result: FeedbackResult }) {
  const { stored, rows, duplicates, unmatched, ambiguous, corrected, without_label: without, left_out: left } = result;
  const parts = [
    corrected ? `${count(corrected)} of them correct an earlier outcome` : "",
    duplicates ? `${count(duplicates)} were known already` : "",
    unmatched ? `${count(unmatched)} found no prediction` : "",
    ambiguous ? `${count(ambiguous)} found several` : "",
    without ? `${count(without)} have no outcome` : "",
  ].filter(Boolean);
  return (
    <Alert type={unmatched + ambiguous + without > 0 ? "warning" : "success"} header={`${plural(stored, "outcome")} of ${plural(rows, "row")} stored`}>
      {parts.length > 0 && `${parts.join(", ")}.`}
      {left.length > 0 && (
        <DataTable
          caption="Rows that were left out"
          numbers={99}
          head={["Row", "Key", "Why"]}
          rows={left.map((one) => [count(one.row + 1), Object.entries(one.keys).map(([key, value]) => `${key} = ${String(value)}`).join(", "), one.why])}
        />
      )}
    </Alert>
  );
}
