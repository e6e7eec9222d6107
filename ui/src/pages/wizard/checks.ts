/** What is still missing or wrong in a step of the wizard, by field. */
import type { Draft } from "./draft";
import { chosen, wrong } from "./goals";

export type Mistakes = Readonly<Record<string, string>>;

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

export function checks(step: number, draft: Draft): Mistakes {
  const found: Record<string, string> = {};
  if (step === 0 && !draft.source) found.source = "Upload a file, or name a source.";
  if (step === 1 && !NAME.test(draft.name)) found.name = "Lower-case letters, digits and hyphens, at most 63.";
  if (step === 1 && !draft.question.trim()) found.question = "Ask the question, as you would ask a colleague.";
  if (step === 2 && draft.value && Object.values(draft.value).some((amount) => typeof amount === "number" && !Number.isFinite(amount))) {
    found.value = "Write an amount in each field; 0 where nothing is gained or lost.";
  }
  if (step === 3 && chosen(draft.goals, draft.value !== null).some(wrong)) found.goals = "Write a number in each goal that is chosen.";
  return found;
}
