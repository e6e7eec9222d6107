import Badge from "@cloudscape-design/components/badge";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { lazy, Suspense, type ComponentType } from "react";
import { useSearchParams } from "react-router";
import type { Model } from "../../client/schema";
import { Loading } from "../../components/Loading";
import { Page } from "../../components/Page";
import { Actions } from "./Actions";
import { Summary } from "./Summary";

interface Part {
  id: string;
  label: string;
  Shown: ComponentType<{ model: Model }>;
}

const PARTS: readonly Part[] = [
  { id: "results", label: "Results", Shown: lazy(() => import("./Results")) },
  { id: "card", label: "Model card", Shown: lazy(() => import("./card")) },
  { id: "lineage", label: "Lineage", Shown: lazy(() => import("./Lineage")) },
  { id: "inputs", label: "Inputs", Shown: lazy(() => import("./Inputs")) },
  { id: "versions", label: "Versions", Shown: lazy(() => import("./Versions")) },
];

/** One model of the registry. */
export function ModelPage({ model }: { model: Model }) {
  const [parameters, setParameters] = useSearchParams();
  const shown = PARTS.find((part) => part.id === parameters.get("tab")) ?? PARTS[0];
  const title = model.version ? `${model.problem}, version ${model.version}` : `${model.problem}, not registered`;
  return (
    <Page
      title={title}
      description={model.question}
      info={model.champion && <Badge color="green">champion</Badge>}
      actions={<Actions model={model} />}
    >
      <SpaceBetween size="l">
        <Summary model={model} />
        <Tabs
          ariaLabel="About the model"
          activeTabId={shown?.id ?? ""}
          onChange={({ detail }) => setParameters({ tab: detail.activeTabId }, { preventScrollReset: true })}
          i18nStrings={{ scrollLeftAriaLabel: "Earlier tabs", scrollRightAriaLabel: "Later tabs" }}
          tabs={PARTS.map((part) => ({
            id: part.id,
            label: part.label,
            content: part === shown && (
              <Suspense fallback={<Loading />}>
                <part.Shown model={model} />
              </Suspense>
            ),
          }))}
        />
      </SpaceBetween>
    </Page>
  );
}
