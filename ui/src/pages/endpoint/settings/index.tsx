import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { api } from "../../../client/api";
import type { EndpointDetail } from "../../../client/schema";
import { CaptureFields } from "./CaptureFields";
import { NumberFields } from "./NumberFields";
import { LIMITS, RULES, draftOf, faults, settingsOf } from "./draft";
import { useConfigure } from "./useConfigure";

/** How the endpoint answers, what it keeps, and when a canary is decided. */
export default function Settings({ endpoint }: { endpoint: EndpointDetail }) {
  const saved = draftOf(endpoint.settings);
  const [draft, setDraft] = useState(saved);
  const change = (part: Partial<typeof draft>) => setDraft((known) => ({ ...known, ...part }));
  const form = api.useQuery("get", "/api/v1/endpoints/{name}/inputs", { params: { path: { name: endpoint.name } } });
  const configure = useConfigure(endpoint);
  const wrong = faults(draft);
  const changed = JSON.stringify(draft) !== JSON.stringify(saved);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A change holds at once; it stands in the changes, with who made it."
          actions={
            <SpaceBetween size="xs" direction="horizontal">
              <Button disabled={!changed} onClick={() => setDraft(saved)}>
                Discard
              </Button>
              <Button
                variant="primary"
                disabled={!changed || Object.keys(wrong).length > 0}
                loading={configure.isPending}
                onClick={() => configure.mutate({ ...settingsOf(draft), revision: endpoint.revision })}
              >
                Save
              </Button>
            </SpaceBetween>
          }
        >
          Settings
        </Header>
      }
    >
      <SpaceBetween size="l">
        <CaptureFields draft={draft} change={change} columns={(form.data?.fields ?? []).map(({ name }) => name)} />
        <NumberFields title="Limits of a request" fields={LIMITS} draft={draft} change={change} wrong={wrong} />
        <NumberFields title="When a canary is decided by itself" fields={RULES} draft={draft} change={change} wrong={wrong} />
      </SpaceBetween>
    </Container>
  );
}
