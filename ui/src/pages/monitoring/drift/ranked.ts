/** The columns of a look, the dearest first. */
import type { DriftColumn, Look } from "../../../client/schema";

export interface RankedColumn extends DriftColumn {
  /** What the findings of this column may cost in the window; null where nothing prices it. */
  risk: number | null;
}

export function ranked({ drift, findings }: Look): RankedColumn[] {
  const costs = new Map<string, number>();
  for (const { column, money_at_risk: risk } of findings) {
    if (column !== null && risk !== null) costs.set(column, Math.max(risk, costs.get(column) ?? 0));
  }
  return (drift?.columns ?? [])
    .map((one) => ({ ...one, risk: costs.get(one.column) ?? null }))
    .sort((one, other) => (other.risk ?? -1) - (one.risk ?? -1) || Number(other.drifted) - Number(one.drifted) || (other.psi ?? 0) - (one.psi ?? 0));
}
