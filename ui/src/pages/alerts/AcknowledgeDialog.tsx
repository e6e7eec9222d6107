import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { client } from "../../client/api";
import type { Acknowledge, Alert } from "../../client/schema";
import { Ask } from "../../components/Ask";
import { useChange } from "../../lib/change";
import { session } from "../../lib/session";
import { useStore } from "../../lib/store";

/** Somebody cares for the alert: who, and what they say to the others. */
export default function AcknowledgeDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const [note, setNote] = useState("");
  const who = useStore(session)?.name;
  const params = { path: { alert: alert.id } };
  const change = useChange((body: Acknowledge) => client.POST("/api/v1/alerts/{alert}/acknowledge", { params, body }), {
    touches: ["/api/v1/alert", "/api/v1/endpoints", "/api/v1/problems"],
    done: () => ({ header: "Acknowledged", content: alert.message }),
    then: onClose,
    quiet: true,
  });
  return (
    <Ask title="Acknowledge an alert" act="Acknowledge" onAct={() => change.mutate({ note })} onClose={onClose} pending={change.isPending} error={change.error}>
      <Box variant="strong">
        <span className="breakable">{alert.message}</span>
      </Box>
      <Box color="text-body-secondary">
        It stays open until a look finds it gone, and nobody is reminded of it again. {who ? `It is recorded that ${who} cares for it.` : "It is recorded that somebody cares for it."}
      </Box>
      <FormField label="Note" description="What is being done about it, for the others.">
        <Textarea value={note} onChange={({ detail }) => setNote(detail.value)} rows={3} />
      </FormField>
    </Ask>
  );
}
