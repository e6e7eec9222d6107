import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import type { Finding } from "../../../client/schema";
import { money } from "../../../lib/numbers";

/** What was found in a column, what it may cost, and by which reckoning. */
export function ColumnFindings({ findings }: { findings: readonly Finding[] }) {
  return findings.map(({ kind, severity, message, price }) => (
    <Alert key={`${kind} ${message}`} type={severity === "critical" ? "error" : "warning"} header={message}>
      {price.amount === null ? price.why : `${money(price.amount, price.unit)} at risk in the window${between(price.low, price.high, price.unit)}: ${price.formula}`}
      {price.assumptions.length > 0 && <Box fontSize="body-s">Assuming: {price.assumptions.join("; ")}</Box>}
    </Alert>
  ));
}

function between(low: number | null, high: number | null, unit: string): string {
  if (low === null || high === null) return "";
  return ` (${money(low, "", Math.abs(high))} to ${money(high, unit)})`;
}
