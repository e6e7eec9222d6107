import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { client } from "../../../client/api";
import type { SendFeedback } from "../../../client/schema";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { FileField } from "../../../components/FileField";
import { useChange } from "../../../lib/change";
import { JoinField } from "./JoinField";
import { Stored } from "./Stored";

/** A file of outcomes, joined to the predictions. */
export function SendOutcomes({ name }: { name: string }) {
  const [source, setSource] = useState("");
  const [by, setBy] = useState<readonly string[]>([]);
  const [label, setLabel] = useState("");
  const params = { path: { name } };
  const send = useChange((body: SendFeedback) => client.POST("/api/v1/endpoints/{name}/feedback", { params, body }), { touches: ["/api/v1/endpoints"], quiet: true });
  return (
    <Container header={<Header variant="h2" description="Only outcomes tell how good the model really is, and a challenger learns from them.">Send outcomes</Header>}>
      <SpaceBetween size="m">
        <FileField
          label="File of outcomes"
          description="One row per case: which prediction it is, and how it turned out. CSV, Parquet or JSON Lines."
          accept=".csv,.parquet,.jsonl,.ndjson"
          source={source}
          onSource={setSource}
        />
        <JoinField name={name} by={by} onChange={setBy} />
        <FormField label="Column of the outcomes" description="Left empty: “label”, or the name of what is predicted.">
          <Input value={label} placeholder="label" onChange={({ detail }) => setLabel(detail.value)} />
        </FormField>
        {send.error && <ErrorPanel error={send.error} />}
        <Button
          variant="primary"
          disabled={!source}
          disabledReason="Choose a file first."
          loading={send.isPending}
          onClick={() => send.mutate({ source, by: [...by], label: label.trim() || null })}
        >
          Send
        </Button>
        {send.data && <Stored result={send.data} />}
      </SpaceBetween>
    </Container>
  );
}
