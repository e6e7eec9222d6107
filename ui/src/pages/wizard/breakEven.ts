import type { Value } from "../../client/schema";
import { share } from "../../lib/numbers";

/** From which chance on acting pays, in words: where p·TP + (1-p)·FP = p·FN + (1-p)·TN. */
export function breakEven({ true_positive, false_positive, false_negative, true_negative }: Value, positive: string): string {
  const gain = true_positive - false_negative;
  const loss = true_negative - false_positive;
  if (![gain, loss].every(Number.isFinite)) return "";
  if (gain <= 0 && loss >= 0) return "With these amounts acting never pays: the first two must outweigh the last two somewhere.";
  if (gain >= 0 && loss <= 0) return "With these amounts acting always pays, so no model is needed.";
  const chance = loss / (gain + loss);
  if (gain < 0) return `With these amounts acting pays only where the chance of “${positive}” is below ${share(chance)}. Is a sign wrong?`;
  return `So acting pays where the chance that a case is “${positive}” is ${share(chance)} or more.`;
}
