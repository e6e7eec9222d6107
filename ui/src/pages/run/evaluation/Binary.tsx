import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { MODEL } from "../../../charts/colours";
import { figure, interval } from "../../../charts/metrics";
import { Tiles } from "../../../charts/Tiles";
import { share } from "../../../charts/words";
import type { Evaluation } from "../documents";
import { Confusion } from "./Confusion";
import { Curve } from "./Curve";
import { type CurveKind, KINDS, positives } from "./curves";
import { Predictions } from "./Predictions";
import { Threshold } from "./Threshold";

/** Two classes: the threshold, what it decides, and the curves behind it. */
export function Binary({ evaluation }: { evaluation: Evaluation }) {
  const drawn = [{ name: "model", colour: MODEL, evaluation }];
  return (
    <SpaceBetween size="l">
      <Threshold evaluation={evaluation} />
      <Confusion evaluation={evaluation} />
      <Container header={<Header variant="h2">Curves</Header>}>
        <Tiles>
          {KINDS.map((kind) => (
            <Curve key={kind} kind={kind} drawn={drawn} said={said(kind, evaluation)} />
          ))}
          <Predictions evaluation={evaluation} />
        </Tiles>
      </Container>
    </SpaceBetween>
  );
}

/** The figure that a curve comes down to, with its interval and what no skill gets. */
function said(kind: CurveKind, evaluation: Evaluation): string | undefined {
  const { metrics, intervals } = evaluation;
  const about = (name: string) => {
    const ends = interval(name, intervals[name]);
    return `${figure(name, metrics["test"]?.[name])}${ends ? ` (95%: ${ends})` : ""}`;
  };
  if (kind === "roc") return `Area ${about("roc_auc")}; no skill 0.500.`;
  if (kind === "pr") return `Average ${about("average_precision")}; no skill ${share(positives(evaluation))}.`;
  if (kind === "calibration") {
    const naive = figure("brier", evaluation.baseline.metrics["brier"]);
    return `Brier score ${about("brier")}; naive baseline ${naive}.`;
  }
  return undefined;
}
