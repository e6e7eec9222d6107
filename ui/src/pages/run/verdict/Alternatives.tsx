import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Bars } from "../../../charts/Bars";
import { MODEL, NAIVE } from "../../../charts/colours";
import { interval } from "../../../charts/metrics";
import { money } from "../../../charts/words";
import type { Evaluation } from "../documents";

/** What the decisions are worth, beside every other way to decide. */
export function Alternatives({ evaluation }: { evaluation: Evaluation }) {
  const { metrics, baseline, champion, everything, nothing, unit, intervals } = evaluation;
  const mine = metrics["test"]?.["value_per_case"];
  if (mine === null || mine === undefined) return null;
  const others: [string, number | null | undefined][] = [
    ["The model now in use", champion?.metrics["value_per_case"]],
    ["Naive baseline", baseline.metrics["value_per_case"]],
    ["Act on everybody", everything?.["value_per_case"]],
    ["Act on nobody", nothing?.["value_per_case"]],
  ];
  const known = others.flatMap(([name, value]) => (value === null || value === undefined ? [] : [{ name, value }]));
  const likely = interval("value_per_case", intervals["value_per_case"], unit);
  const best = known.reduce((one, other) => (other.value > one.value ? other : one), known[0] ?? { name: "", value: 0 });
  const gain = 1000 * (mine - best.value);
  const description = `Worth ${money(mine, unit)} per case${likely ? ` (likely ${likely})` : ""}: ${money(Math.abs(gain), unit, 1000)} per 1,000 cases ${gain < 0 ? "less" : "more"} than the best alternative (${best.name.toLowerCase()}).`;
  const rows = [{ name: "This model", value: mine }, ...known];
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          What it is worth
        </Header>
      }
    >
      <Bars
        caption="Per 1,000 cases"
        head={["Way to decide", "Worth"]}
        rows={rows.map(({ name, value }, place) => ({
          name,
          value: 1000 * value,
          text: money(Math.round(1000 * value), unit),
          colour: place ? NAIVE : MODEL,
        }))}
      />
    </Container>
  );
}
