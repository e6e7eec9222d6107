/** What a model does, in the words in which the wizard asked for it. */
import { figure, label } from "../../../charts/metrics";
import { money, number, share } from "../../../charts/words";

type Said = (got: number, positive: string, unit: string) => string;

const FOUND: Record<string, Said> = {
  roc_auc: (got, positive) => `It ranks a case of “${positive}” above another one ${number(100 * got)} times out of 100`,
  recall: (got, positive) => `It finds ${share(got)} of all “${positive}”`,
  precision: (got, positive) => `${share(got)} of those acted on really are “${positive}”`,
  value_per_case: (got, _, unit) => `It brings ${money(got, unit)} per case`,
  accuracy: (got) => `It is right in ${share(got)} of all cases`,
  mae: (got) => `On average it is off by ${number(got)}`,
  mape: (got) => `On average it is off by ${share(got)} of the true value`,
  r2: (got) => `It explains ${share(got)} of the differences between cases`,
};

/** "It finds 89.6% of all “yes”"; `positive`: the answer asked for, where there is one. */
export function found(metric: string, got: number | null, positive = "", unit = ""): string {
  const said = FOUND[metric];
  const asks = metric === "roc_auc" || metric === "recall" || metric === "precision";
  if (got === null || !said || (asks && !positive)) return `${label(metric)} ${figure(metric, got, unit)}`;
  return said(got, positive, unit);
}
