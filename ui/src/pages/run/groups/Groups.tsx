import Badge from "@cloudscape-design/components/badge";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { DataTable } from "../../../charts/DataTable";
import { figure, label } from "../../../charts/metrics";
import { count, plural } from "../../../charts/words";
import type { Evaluation, Segment } from "../documents";
import { SHOWN } from "./shown";

/** The figures of each group of one column. */
export function Groups({ segment, evaluation }: { segment: Segment; evaluation: Evaluation }) {
  const names = SHOWN[evaluation.task].filter((name) => segment.groups.some((group) => name in group.metrics));
  return (
    <ExpandableSection
      variant="container"
      headerText={`By ${segment.column}`}
      headerDescription={plural(segment.groups.length, "group")}
      defaultExpanded={evaluation.segments.indexOf(segment) < 2}
    >
      <DataTable
        caption={`Figures of the test rows by ${segment.column}`}
        head={[segment.column, "Test rows", ...names.map(label)]}
        rows={segment.groups.map((group) => [
          <>
            {group.value ?? <em>missing</em>} {!group.enough && <Badge>too few to judge</Badge>}
          </>,
          count(group.rows),
          ...names.map((name) => figure(name, group.metrics[name], evaluation.unit)),
        ])}
      />
    </ExpandableSection>
  );
}
