import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import type { Mistakes } from "./checks";
import { SourceField } from "./SourceField";
import { UploadField } from "./UploadField";
import type { WizardState } from "./useWizard";

const WAYS = [
  { value: "file", label: "Upload a file", description: "CSV, Excel, Parquet, JSON lines, Arrow or ARFF." },
  { value: "source", label: "Name a source", description: "An address, a bucket, or a public data set." },
];

export function DataStep({ wizard: { draft, say }, mistakes }: { wizard: WizardState; mistakes: Mistakes }) {
  const [way, setWay] = useState(draft.source && !draft.source.startsWith("upload:") ? "source" : "file");
  const choose = (next: string) => {
    setWay(next);
    say({ source: "" });
  };
  return (
    <Container>
      <SpaceBetween size="l">
        <Tiles ariaLabel="Where the data come from" columns={2} items={WAYS} value={way} onChange={({ detail }) => choose(detail.value)} />
        {way === "file" ? (
          <UploadField source={draft.source} onSource={(source) => say({ source })} error={mistakes.source} />
        ) : (
          <SourceField source={draft.source} onSource={(source) => say({ source })} error={mistakes.source} />
        )}
      </SpaceBetween>
    </Container>
  );
}
