import SpaceBetween from "@cloudscape-design/components/space-between";
import { series } from "../../charts/colours";
import { api } from "../../client/api";
import type { Comparison, RunBrief } from "../../client/schema";
import { Asked } from "../../components/Asked";
import { Changes } from "./Changes";
import { Metrics } from "./Metrics";
import { Overlaid } from "./Overlaid";
import { Runs } from "./Runs";
import { Seconds } from "./Seconds";
import { useEvaluations } from "./useEvaluations";
import { Verdicts } from "./Verdicts";

/** A run that is compared, with its colour. */
export interface Side {
  run: RunBrief;
  colour: string;
}

/** The runs side by side, as far as each has come. */
export function Beside({ runs }: { runs: readonly string[] }) {
  const found = api.useQuery("get", "/api/v1/comparison", { params: { query: { run: [...runs] } } });
  return <Asked of={found}>{(comparison) => <Shown comparison={comparison} />}</Asked>;
}

function Shown({ comparison }: { comparison: Comparison }) {
  const sides = comparison.runs.map((run, place) => ({ run, colour: series(place) }));
  const evaluations = useEvaluations(comparison.runs);
  const unit = evaluations.find((one) => one?.unit)?.unit ?? "";
  return (
    <SpaceBetween size="l">
      <Runs sides={sides} />
      <Changes comparison={comparison} sides={sides} />
      <Metrics comparison={comparison} sides={sides} evaluation={evaluations.find(Boolean)} />
      <Overlaid sides={sides} evaluations={evaluations} />
      <Verdicts sides={sides} unit={unit} />
      <Seconds comparison={comparison} sides={sides} />
    </SpaceBetween>
  );
}
