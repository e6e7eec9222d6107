import { MODEL, SECOND } from "../../../charts/colours";
import { Figure } from "../../../charts/Figure";
import { Histogram } from "../../../charts/Histogram";
import { count, number, share } from "../../../charts/words";
import type { Evaluation } from "../documents";

/** How the scores, or predicted values, of the test rows are spread. */
export function Predictions({ evaluation }: { evaluation: Evaluation }) {
  const { counts, positives } = evaluation.predictions;
  const edges = evaluation.predictions.edges.map((edge) => edge ?? 0);
  if (!counts.length) return null;
  const classes = evaluation.task !== "regression";
  const format = (value: number) => (classes ? share(value, 0) : number(value));
  const part = positives ? { name: `turned out ${evaluation.positive ?? "positive"}`, counts: positives } : undefined;
  const legend = part && [
    { name: "all test rows", colour: MODEL },
    { name: part.name, colour: SECOND },
  ];
  const table = () => ({
    head: ["From", "To", "Rows", ...(part ? [part.name] : [])],
    rows: counts.map((amount, bin) => [
      format(edges[bin] ?? 0),
      format(edges[bin + 1] ?? 0),
      count(amount),
      ...(part ? [count(part.counts[bin])] : []),
    ]),
  });
  return (
    <Figure
      title="Predictions"
      summary="How they are spread over the test rows."
      table={table}
      {...(legend ? { legend } : {})}
    >
      <Histogram
        title="Histogram of the predictions"
        label={classes ? "Predicted probability" : "Predicted value"}
        edges={edges}
        counts={counts}
        part={part}
        format={format}
        height={260}
      />
    </Figure>
  );
}
