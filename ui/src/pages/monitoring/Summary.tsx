import Container from "@cloudscape-design/components/container";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Pairs } from "../../components/Pairs";
import { figure, label } from "../../charts/metrics";
import type { LookBrief, Monitoring } from "../../client/schema";
import { Time } from "../../components/Time";
import { count, money, plural } from "../../lib/numbers";
import { job } from "./jobs";

/** The newest look at a glance. */
export function Summary({ monitoring: { latest, jobs, every, window, main_metric: metric, unit } }: { monitoring: Monitoring }) {
  const name = metric ? label(metric) : "Main metric";
  const of = (value: number | null | undefined) => (metric ? figure(metric, value, unit) : "–");
  const items = [
    { label: "Newest look", value: latest ? <><Time at={latest.made_at} relative />, {plural(latest.rows, "prediction")}</> : "none yet" },
    { label: "Found", value: latest ? <Found look={latest} /> : "–" },
    { label: `At risk in ${window}`, value: latest?.money_at_risk ? money(latest.money_at_risk, unit) : "–" },
    { label: "Next look", value: <Next at={job(jobs, "monitor")?.next_at ?? null} every={every} /> },
    { label: `${name}, promised`, value: of(latest?.promised) },
    { label: `${name}, estimated`, value: of(latest?.estimated) },
    { label: `${name}, by outcomes`, value: of(latest?.realised) },
    { label: "Columns that drifted", value: latest ? count(latest.drifted.length) : "–" },
  ];
  return (
    <Container>
      <Pairs columns={4} items={items} />
    </Container>
  );
}

function Found({ look: { enough, findings, critical } }: { look: LookBrief }) {
  if (!enough) return <StatusIndicator type="pending">Too little traffic to tell</StatusIndicator>;
  if (findings === 0) return <StatusIndicator type="success">Nothing</StatusIndicator>;
  return <StatusIndicator type={critical ? "error" : "warning"}>{critical ? `${critical} critical of ${plural(findings, "finding")}` : plural(findings, "finding")}</StatusIndicator>;
}

function Next({ at, every }: { at: string | null; every: string }) {
  return (
    <>
      {at ? <Time at={at} relative /> : "–"} (every {every})
    </>
  );
}
