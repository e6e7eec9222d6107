/** What was found, first as anybody understands it, then in figures. */
import type { Alert } from "../../client/schema";

const HEADLINES: Record<string, string> = {
  drift: "COLUMN is distributed otherwise than in training",
  predictions: "The predictions are distributed otherwise than in testing",
  multivariate: "The cases as a whole are others than in training",
  estimated: "The model probably does worse than promised",
  performance: "The model does worse than promised",
  missing: "Values of COLUMN are missing more often than in training",
  type_faults: "COLUMN has values of a wrong kind",
  out_of_range: "COLUMN has values beyond those of training",
  unseen: "COLUMN has categories that training did not have",
  volume: "There are more or fewer predictions than usual",
};

type Found = Pick<Alert, "kind" | "column" | "message">;

export function headline({ kind, column, message }: Found): string {
  // Not the pattern's own language: a column may be named "$&".
  return HEADLINES[kind]?.replace("COLUMN", () => `“${column}”`) ?? message;
}

/** The message without the words that the headline has. */
export function figures({ message, column }: Found): string {
  const named = `'${column}'`;
  const rest = column && message.startsWith(named) ? message.slice(named.length) : message;
  const told = rest.includes(": ") ? rest.slice(rest.indexOf(": ") + 2) : message;
  return told.charAt(0).toUpperCase() + told.slice(1);
}
