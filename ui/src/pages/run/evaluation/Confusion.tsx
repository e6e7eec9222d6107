import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { DataTable } from "../../../charts/DataTable";
import { Matrix } from "../../../charts/Matrix";
import { count, share } from "../../../charts/words";
import type { Evaluation } from "../documents";

/** What the decisions at the chosen threshold came to: in words for two classes, whose matrix moves with the slider. */
export function Confusion({ evaluation }: { evaluation: Evaluation }) {
  const { confusion } = evaluation;
  if (!confusion) return null;
  const rule = confusion.labels.length === 2 ? "At the chosen threshold" : "Each case gets its most probable class";
  const description = `${rule}; on the ${count(evaluation.rows["test"])} test rows.`;
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          What the decisions got right and wrong
        </Header>
      }
    >
      {confusion.labels.length === 2 ? (
        <InWords evaluation={evaluation} matrix={confusion.matrix} />
      ) : (
        <Matrix caption="Confusion matrix" labels={confusion.labels} matrix={confusion.matrix} />
      )}
    </Container>
  );
}

function InWords({ evaluation, matrix }: { evaluation: Evaluation; matrix: readonly (readonly number[])[] }) {
  const [[tn = 0, fp = 0] = [], [fn = 0, tp = 0] = []] = matrix;
  const row = (name: string, some: number, of: number, metric: string) => {
    const ends = evaluation.intervals[metric];
    const likely = ends ? `${share(ends.low)} to ${share(ends.high)}` : "–";
    const naive = share(evaluation.baseline.metrics[metric]);
    return [name, `${count(some)} of ${count(of)}`, share(evaluation.metrics["test"]?.[metric]), likely, naive];
  };
  return (
    <DataTable
      caption={`In words: positive means ${evaluation.positive ?? "the second label"}`}
      head={["", "Test rows", "Model", "95% interval", "Naive baseline"]}
      rows={[
        row("Positive cases found", tp, tp + fn, "recall"),
        row("Acted on rightly", tp, tp + fp, "precision"),
        row("Decided rightly", tp + tn, tp + tn + fp + fn, "accuracy"),
      ]}
    />
  );
}
