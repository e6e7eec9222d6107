import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Evaluation } from "../documents";
import { Binary } from "./Binary";
import { Classes } from "./Classes";
import { Metrics } from "./Metrics";
import { Residuals } from "./Residuals";

/** How good the model is, by the kind of question. */
export function EvaluationTab({ evaluation }: { evaluation: Evaluation }) {
  return (
    <SpaceBetween size="l">
      {evaluation.task === "binary" && <Binary evaluation={evaluation} />}
      {evaluation.task === "multiclass" && <Classes evaluation={evaluation} />}
      {evaluation.task === "regression" && <Residuals evaluation={evaluation} />}
      <Metrics evaluation={evaluation} />
    </SpaceBetween>
  );
}
