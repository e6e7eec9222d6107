import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { DataTable } from "../../../charts/DataTable";
import { Tiles } from "../../../charts/Tiles";
import type { Canary, TrialFigures } from "../../../client/schema";
import { Time } from "../../../components/Time";
import { count, plural, seconds, share } from "../../../lib/numbers";
import { milliseconds } from "../../endpoints/columns";
import { ConditionLine } from "./ConditionLine";

const SAID = {
  wait: ["info", "Not decided yet"],
  promote: ["success", "Good enough to take over"],
  rollback: ["error", "Worse than the live model: it is taken back"],
} as const;

/** The canary against the live model: what it did, and what decides about it. */
export function CanaryPanel({ canary }: { canary: Canary }) {
  const [type, header] = SAID[canary.decision];
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              On trial since <Time at={canary.since} relative />; it is promoted or rolled back by itself
              {canary.workers > 1 && `. Each of ${plural(canary.workers, "worker")} decides by what it has seen`}.
            </>
          }
        >
          Canary
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Alert type={type} header={header}>
          {canary.why}
        </Alert>
        <Tiles>
          <SpaceBetween size="m">
            {canary.conditions.map((condition) => (
              <ConditionLine key={condition.name} condition={condition} />
            ))}
          </SpaceBetween>
          <DataTable
            caption="Since the canary began"
            head={["", "Live", "Canary"]}
            rows={FIGURES.map(([name, figure]) => [name, figure(canary.live), figure(canary.canary)])}
          />
        </Tiles>
      </SpaceBetween>
    </Container>
  );
}

const FIGURES: readonly [string, (of: TrialFigures) => string][] = [
  ["Requests", (of) => count(of.requests)],
  ["Errors", (of) => count(of.errors)],
  ["Share of errors", (of) => share(of.error_share)],
  ["Latency, median", (of) => milliseconds(of.p50_ms)],
  ["Latency, 95th percentile", (of) => milliseconds(of.p95_ms)],
  ["Measured for", (of) => seconds(of.seconds)],
];
