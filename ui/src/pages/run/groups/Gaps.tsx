import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Bars } from "../../../charts/Bars";
import { SECOND } from "../../../charts/colours";
import { figure, label } from "../../../charts/metrics";
import type { Evaluation, Segment } from "../documents";
import { SHOWN } from "./shown";

const MOST = 8;

/** The widest gaps between groups, over all columns. */
export function Gaps({ evaluation }: { evaluation: Evaluation }) {
  const names = SHOWN[evaluation.task].filter((name) => name !== "positive_rate");
  const gaps = evaluation.segments.flatMap((segment) =>
    names.flatMap((metric) => {
      const found = segment.gaps[metric];
      return found ? [{ segment, metric, gap: found.gap }] : [];
    }),
  );
  gaps.sort((one, other) => other.gap - one.gap);
  if (gaps.length === 0) return null;
  const description =
    "A wide gap means that some are served worse than others. Groups too small to judge are left out.";
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          The widest gaps between groups
        </Header>
      }
    >
      <Bars
        caption="From the group with the least to the one with the most"
        head={["Column, figure and groups", "Gap"]}
        rows={gaps.slice(0, MOST).map(({ segment, metric, gap }) => ({
          name: (
            <>
              <strong>{segment.column}</strong>: {label(metric)} {ends(segment, metric)}
            </>
          ),
          value: gap,
          text: figure(metric, gap, evaluation.unit),
          colour: SECOND,
        }))}
      />
    </Container>
  );
}

/** "0.61 (retired) to 0.83 (student)". */
function ends(segment: Segment, metric: string): string {
  const known = segment.groups.filter((group) => group.enough && group.metrics[metric] != null);
  known.sort((one, other) => (one.metrics[metric] ?? 0) - (other.metrics[metric] ?? 0));
  const said = (group: Segment["groups"][number] | undefined) =>
    group ? `${figure(metric, group.metrics[metric])} (${group.value ?? "missing"})` : "";
  return `${said(known[0])} to ${said(known.at(-1))}`;
}
