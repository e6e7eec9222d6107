import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { Listed } from "../../components/listed/Listed";
import { api } from "../../client/api";
import type { ProblemDetail, ProblemVersion } from "../../client/schema";
import { Time } from "../../components/Time";
import { TomlText } from "../../components/editor/TomlText";

/** The problem file as it is, and who saved what when. Asked for when it is opened. */
export function Versions({ problem }: { problem: ProblemDetail }) {
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<ProblemVersion>();
  const path = { name: problem.name };
  const { data } = api.useQuery("get", "/api/v1/problems/{name}/versions", { params: { path, query: { limit: 50 } } }, { enabled: open });
  return (
    <ExpandableSection variant="container" headerText="Problem file and its history" expanded={open} onChange={({ detail }) => setOpen(detail.expanded)}>
      {open && (
        <div className="side-by-side">
          <TomlText text={shown?.toml ?? problem.toml} label={shown ? `Problem file, version ${shown.revision}` : "Problem file"} />
          <Listed
            variant="embedded"
            items={data?.items ?? []}
            loading={!data}
            trackBy="revision"
            selectionType="single"
            selectedItems={shown ? [shown] : []}
            onSelectionChange={({ detail }) => setShown(detail.selectedItems[0])}
            ariaLabels={{ tableLabel: "Saved versions", selectionGroupLabel: "Version", itemSelectionLabel: (_, one) => `Show version ${one.revision}` }}
            header={<Header variant="h3">Saved</Header>}
            columnDefinitions={[
              { id: "revision", header: "Version", cell: ({ revision }) => revision, isRowHeader: true },
              { id: "at", header: "Saved", cell: ({ saved_at }) => <Time at={saved_at} /> },
              { id: "by", header: "By", cell: ({ saved_by }) => saved_by || "–" },
            ]}
            empty="Not saved here yet: the text is that of the newest run."
          />
        </div>
      )}
    </ExpandableSection>
  );
}
