import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { MODEL, NAIVE } from "../../../charts/colours";
import { Figure } from "../../../charts/Figure";
import { Histogram } from "../../../charts/Histogram";
import { Plot } from "../../../charts/Plot";
import { extent, pairs, thinned } from "../../../charts/scale";
import { Tiles } from "../../../charts/Tiles";
import { count, number, plain, share } from "../../../charts/words";
import type { Evaluation } from "../documents";
import { Predictions } from "./Predictions";

type Found = NonNullable<Evaluation["residuals"]>;

/** Numbers: predictions beside what turned out, and how far off they are. */
export function Residuals({ evaluation }: { evaluation: Evaluation }) {
  const { residuals } = evaluation;
  if (!residuals) return null;
  return (
    <Container
      header={
        <Header variant="h2" description="Predictions for the test rows beside what turned out.">
          How far off it is
        </Header>
      }
    >
      <Tiles>
        <PredictedActual residuals={residuals} />
        <Errors residuals={residuals} />
        <Predictions evaluation={evaluation} />
      </Tiles>
    </Container>
  );
}

function PredictedActual({ residuals }: { residuals: Found }) {
  const { x, y } = pairs(residuals.actual, residuals.predicted);
  const range = extent([...x, ...y]);
  const series = [
    { name: "predicted", colour: MODEL, x, y, dots: true },
    { name: "perfect", colour: NAIVE, x: [...range], y: [...range], dashed: true },
  ];
  const table = () => ({
    head: ["Actual", "Predicted", "Error"],
    rows: thinned(x.length, 50).map((at) => [x[at] ?? 0, y[at] ?? 0, (y[at] ?? 0) - (x[at] ?? 0)].map((one) => number(one))),
  });
  return (
    <Figure title="Predicted and actual" summary={`${count(x.length)} of the test rows, one point each.`} legend={series} table={table}>
      <Plot
        title="Predicted against actual"
        x={{ label: "Actual", range, format: plain }}
        y={{ label: "Predicted", range, format: plain }}
        series={series}
        describe={(at) => ({ head: `actual ${number(x[at])}`, figures: [`predicted ${number(y[at])}`, `error ${number((y[at] ?? 0) - (x[at] ?? 0))}`] })}
      />
    </Figure>
  );
}

function Errors({ residuals }: { residuals: Found }) {
  const { quantiles, histogram } = residuals;
  const summary = `Half of the errors lie between ${number(quantiles["0.25"])} and ${number(quantiles["0.75"])}; 90% between ${number(quantiles["0.05"])} and ${number(quantiles["0.95"])}.`;
  const table = () => ({
    head: ["Share of the rows", "Error below"],
    rows: Object.entries(quantiles).map(([at, error]) => [share(Number(at)), number(error)]),
  });
  return (
    <Figure title="Errors" summary={summary} table={table}>
      <Histogram
        title="Histogram of the errors"
        label="Predicted less actual"
        edges={histogram.edges.map((edge) => edge ?? 0)}
        counts={histogram.counts}
        format={(value) => number(value)}
        height={260}
      />
    </Figure>
  );
}
