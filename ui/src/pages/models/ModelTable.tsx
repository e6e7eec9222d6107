import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { Listed } from "../../components/listed/Listed";
import { api } from "../../client/api";
import type { ModelBrief } from "../../client/schema";
import { Empty } from "../../components/Empty";
import { ErrorPanel } from "../../components/ErrorPanel";
import { definitions } from "./definitions";
import { Pages } from "./Pages";

const SIZE = 20;

/** The models of a problem, the newest first; two or more of them can be compared. */
export function ModelTable({ problem }: { problem: string }) {
  const [versions, setVersions] = useState(false);
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [selected, setSelected] = useState<ModelBrief[]>([]);
  const cursor = cursors.at(-1);
  const query = { problem, versions, limit: SIZE, ...(cursor ? { cursor } : {}) };
  const found = api.useQuery("get", "/api/v1/models", { params: { query } }, { placeholderData: keepPreviousData });
  if (found.error) return <ErrorPanel error={found.error} retry={() => void found.refetch()} />;
  const items = found.data?.items ?? [];
  const compare = `/compare?${selected.map((model) => `run=${model.run}`).join("&")}`;
  return (
    <Listed
      items={items}
      trackBy={(model) => `${model.version ?? ""} ${model.run} ${model.bundle_digest}`}
      loading={found.isPending}
      loadingText="Looking for models"
      columnDefinitions={definitions(items)}
      selectionType="multi"
      selectedItems={selected}
      onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
      isItemDisabled={(model) => !model.run}
      ariaLabels={{
        tableLabel: "Models",
        selectionGroupLabel: "Models to compare",
        allItemsSelectionLabel: () => "All models",
        itemSelectionLabel: (_, model) => (model.version ? `Version ${model.version}` : `The model of run ${model.run}`),
      }}
      empty={
        <Empty title="No model yet" action={<Button href={`/problems/${problem}`}>Start a run</Button>}>
          A run that meets its goals registers one.
        </Empty>
      }
      header={
        <Header
          variant="h2"
          counter={found.data && `(${found.data.total})`}
          actions={
            <SpaceBetween size="s" direction="horizontal" alignItems="center">
              <Toggle
                checked={versions}
                onChange={({ detail }) => {
                  setVersions(detail.checked);
                  setCursors([]);
                }}
              >
                Versions only
              </Toggle>
              <Button href={compare} disabled={selected.length < 2} disabledReason="Choose two models or more.">
                Compare
              </Button>
            </SpaceBetween>
          }
        >
          Models
        </Header>
      }
      pagination={<Pages cursors={cursors} next={found.data?.next ?? null} onChange={setCursors} />}
      wrapLines
    />
  );
}
