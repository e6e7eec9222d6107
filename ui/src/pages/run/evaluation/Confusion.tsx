import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { DataTable } from "../../../charts/DataTable";
import { Matrix } from "../../../charts/Matrix";
import { count, share } from "../../../charts/words";
import type { Evaluation } from "../documents";

/** The confusion matrix at the chosen threshold, and the same in words. */
export function Confusion({ evaluation }: { evaluation: Evaluation }) {
  const { confusion } = evaluation;
  if (!confusion) return null;
  const description = `Decisions at the chosen threshold, on the ${count(evaluation.rows["test"])} test rows.`;
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          What the decisions got right and wrong
        </Header>
      }
    >
      <ColumnLayout columns={confusion.labels.length > 3 ? 1 : 2}>
        <Matrix caption="Confusion matrix" labels={confusion.labels} matrix={confusion.matrix} />
        {confusion.labels.length === 2 && <InWords evaluation={evaluation} matrix={confusion.matrix} />}
      </ColumnLayout>
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
