import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { client } from "../../../client/api";
import type { StartBatch } from "../../../client/schema";
import { FileField } from "../../../components/FileField";
import { useChange } from "../../../lib/change";

const KINDS = ".csv,.parquet,.jsonl,.ndjson";

/** Takes a file and has its rows scored. */
export function NewFile({ name, onStart }: { name: string; onStart: (batch: string) => void }) {
  const [source, setSource] = useState("");
  const [skip, setSkip] = useState(true);
  const [keep, setKeep] = useState(true);
  const path = { params: { path: { name } } };
  const start = useChange((body: StartBatch) => client.POST("/api/v1/endpoints/{name}/batches", { ...path, body }), {
    touches: ["/api/v1/batches"],
    then: (batch) => onStart(batch.id),
  });
  return (
    <Container
      header={
        <Header variant="h2" description="One row per case, with the columns that the model was trained on. It is scored by the model in use; it may be large.">
          Score a file
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FileField label="File of cases" description="CSV, Parquet or JSON Lines. It stays on your server." accept={KINDS} source={source} onSource={setSource} />
        <SpaceBetween size="xs">
          <Checkbox checked={keep} onChange={({ detail }) => setKeep(detail.checked)}>
            Keep the columns of the file beside the answers
          </Checkbox>
          <Checkbox checked={skip} onChange={({ detail }) => setSkip(detail.checked)} description="They are listed, with what is wrong. Otherwise the first one ends it.">
            Leave out rows that have wrong values
          </Checkbox>
        </SpaceBetween>
        <Button
          variant="primary"
          disabled={!source}
          disabledReason="Choose a file first."
          loading={start.isPending}
          onClick={() => start.mutate({ source, keep: keep ? ["*"] : [], on_error: skip ? "skip" : "fail", format: formatOf(source) })}
        >
          Score it
        </Button>
      </SpaceBetween>
    </Container>
  );
}

/** The result is a file of the same kind. */
function formatOf(source: string): StartBatch["format"] {
  if (source.endsWith(".parquet")) return "parquet";
  return /\.(jsonl|ndjson)$/.test(source) ? "jsonl" : "csv";
}
