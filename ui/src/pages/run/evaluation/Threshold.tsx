import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { Matrix } from "../../../charts/Matrix";
import { Tiles } from "../../../charts/Tiles";
import { share } from "../../../charts/words";
import type { Evaluation } from "../documents";
import { chosen, named, points, type Point } from "../threshold";
import { FoundPlot, WorthPlot } from "./ThresholdPlots";
import { Readings } from "./Readings";
import { ThresholdSlider } from "./ThresholdSlider";

/** What another threshold would have brought on the test rows: everything moves with the slider. */
export function Threshold({ evaluation }: { evaluation: Evaluation }) {
  const table = evaluation.curves?.thresholds;
  const [all, start] = useMemo(() => (table ? withChosen(points(table, evaluation.value), evaluation) : [[], 0]), [table, evaluation]);
  const [place, setPlace] = useState(start);
  const point = all[place] ?? all[start];
  const usual = all[start];
  if (!point || !usual) return null;
  const labels = evaluation.confusion?.labels ?? ["no", "yes"];
  const matrix = [
    [point.tn, point.fp],
    [point.fn, point.tp],
  ];
  return (
    <Container
      header={
        <Header variant="h2" description={said(evaluation)}>
          What if you acted on more, or on fewer?
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ThresholdSlider points={all} place={place} chosen={start} unit={evaluation.unit} onChange={setPlace} />
        <Readings point={point} chosen={usual} evaluation={evaluation} />
        <Tiles least={280}>
          <Matrix caption="Test rows at this threshold" labels={labels} matrix={matrix} />
          <FoundPlot points={all} place={place} onChoose={setPlace} />
          <WorthPlot points={all} place={place} evaluation={evaluation} onChoose={setPlace} />
        </Tiles>
      </SpaceBetween>
    </Container>
  );
}

function withChosen(all: Point[], { confusion, threshold }: Evaluation): [Point[], number] {
  const acted = (confusion?.matrix ?? []).reduce((sum, row) => sum + (row[1] ?? 0), 0);
  const start = chosen(all, acted);
  return [named(all, start, threshold), start];
}

function said({ threshold, threshold_why: why, capacity }: Evaluation): string {
  const reason = why ? ` (${why.replace(/\.$/, "")})` : "";
  const most = capacity ? `; at most ${capacity.cases} of ${capacity.out_of} cases can be acted on` : "";
  return `The model acts at a probability of ${share(threshold)} and above${reason}${most}.`;
}
