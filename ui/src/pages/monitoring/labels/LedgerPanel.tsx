import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Pairs } from "../../../components/Pairs";
import type { Labels } from "../../../client/schema";
import { Empty } from "../../../components/Empty";
import { Time } from "../../../components/Time";
import { count, number } from "../../../lib/numbers";
import { Cohorts } from "./Cohorts";

/** The label-maturity ledger: of which days the outcomes are known, so that they may be judged. */
export function LedgerPanel({ labels: { ledger, as_of: asOf, why } }: { labels: Labels }) {
  const header = (
    <Header variant="h2" description={asOf ? <>As of the look of <Time at={asOf} />. A day is judged when its outcomes are in.</> : undefined}>
      Maturity of the outcomes
    </Header>
  );
  if (!ledger) {
    return (
      <Container header={header}>
        <Empty title="No outcome is known yet">{why || "Send a file of outcomes above; the next look counts them."}</Empty>
      </Container>
    );
  }
  const { delay, warnings, selective, predictions, labels, unmatched } = ledger;
  const items = [
    { label: "Predictions", value: count(predictions) },
    { label: "Outcomes known", value: count(labels) },
    { label: "Outcomes without a prediction", value: count(unmatched) },
    { label: "An outcome comes after", value: delay.known ? `${lateness(delay.median)}; 90% within ${lateness(delay.p90)}` : delay.why },
  ];
  return (
    <Container header={header}>
      <SpaceBetween size="m">
        <Pairs columns={4} items={items} />
        {warnings.map((warning) => (
          <Alert key={warning} type="warning">
            {warning}
          </Alert>
        ))}
        {selective && (
          <Alert type="warning" header="Outcomes become known for some decisions more than for others">
            {selective.by_decision.map(({ decision, labels: known, predictions: all }) => `${decision}: ${count(known)} of ${count(all)}`).join(", ")}. What is measured may not hold for all cases.
          </Alert>
        )}
        <Cohorts ledger={ledger} />
      </SpaceBetween>
    </Container>
  );
}

function lateness(seconds: number | null): string {
  if (seconds === null) return "–";
  const [size, unit] = seconds >= 86_400 ? [86_400, "day"] : seconds >= 3600 ? [3600, "hour"] : [60, "minute"];
  const amount = number(seconds / size);
  return `${amount} ${unit}${amount === "1" ? "" : "s"}`;
}
