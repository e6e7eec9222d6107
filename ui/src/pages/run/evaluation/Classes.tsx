import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { series } from "../../../charts/colours";
import { DataTable } from "../../../charts/DataTable";
import { figure, label } from "../../../charts/metrics";
import { Tiles } from "../../../charts/Tiles";
import { count } from "../../../charts/words";
import type { Evaluation } from "../documents";
import { Confusion } from "./Confusion";
import { Curve } from "./Curve";
import { Predictions } from "./Predictions";

const SHOWN = ["precision", "recall", "f1", "roc_auc", "average_precision"] as const;
const MOST = 8; // curves that can be told apart

/** Several classes: the confusion matrix, each class by itself, and its curves against the rest. */
export function Classes({ evaluation }: { evaluation: Evaluation }) {
  const found = Object.entries(evaluation.curves?.classes ?? {});
  const drawn = found.slice(0, MOST).map(([name, curves], place) => ({
    name,
    colour: series(place),
    evaluation: { ...evaluation, confusion: null, curves: { ...EMPTY, roc: curves.roc, pr: curves.pr } },
  }));
  const more = found.length > MOST ? ` The first ${MOST} of ${found.length} classes.` : "";
  return (
    <SpaceBetween size="l">
      <Confusion evaluation={evaluation} />
      <Container header={<Header variant="h2">Class by class</Header>}>
        <DataTable
          caption="Each class against the rest"
          head={["Class", "Test rows", ...SHOWN.map(label)]}
          rows={(evaluation.per_class ?? []).map((one) => [
            one.label,
            count(one.support),
            ...SHOWN.map((name) => figure(name, one[name])),
          ])}
        />
      </Container>
      <Container header={<Header variant="h2">Curves</Header>}>
        <Tiles>
          <Curve kind="roc" drawn={drawn} said={`One class against the rest.${more}`} />
          <Curve kind="pr" drawn={drawn} said={`One class against the rest.${more}`} />
          <Predictions evaluation={evaluation} />
        </Tiles>
      </Container>
    </SpaceBetween>
  );
}

const EMPTY = { roc: null, pr: null, lift: null, calibration: null, thresholds: null, classes: null };
