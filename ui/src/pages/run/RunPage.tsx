import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { lazy, Suspense, type ComponentType } from "react";
import { useSearchParams } from "react-router";
import { Loading } from "../../components/Loading";
import { Page } from "../../components/Page";
import type { Run } from "./documents";
import { Actions } from "./Actions";
import { Failure } from "./Failure";
import { Summary } from "./Summary";

interface Part {
  id: string;
  label: string;
  /** The document that it shows; null: always there. */
  needs: Run["documents"][number] | null;
  Shown: ComponentType<{ run: Run }>;
}

// Each part is loaded when it is looked at: charts cost nothing before.
const PARTS: readonly Part[] = [
  { id: "verdict", label: "Verdict", needs: "verdict", Shown: lazy(() => import("./verdict")) },
  { id: "steps", label: "Steps and log", needs: null, Shown: lazy(() => import("./steps")) },
  { id: "data", label: "Data", needs: "profile", Shown: lazy(() => import("./data")) },
  { id: "tuning", label: "Tuning", needs: "training", Shown: lazy(() => import("./tuning")) },
  { id: "evaluation", label: "Evaluation", needs: "evaluation", Shown: lazy(() => import("./evaluation")) },
  { id: "groups", label: "Groups and fairness", needs: "evaluation", Shown: lazy(() => import("./groups")) },
  { id: "importance", label: "Importance", needs: "evaluation", Shown: lazy(() => import("./importance")) },
];

/** One run: how far it is, and everything that it found. */
export function RunPage({ run }: { run: Run }) {
  const [parameters, setParameters] = useSearchParams();
  const there = PARTS.filter(({ needs }) => needs === null || run.documents.includes(needs));
  const wanted = parameters.get("tab");
  const shown = there.find((part) => part.id === wanted) ?? there[0];
  return (
    <Page title={run.question || run.problem} description={run.decision && `The decision: ${run.decision}`} actions={<Actions run={run} />}>
      <SpaceBetween size="l">
        <Failure run={run} />
        <Summary run={run} />
        <Tabs
          ariaLabel="What the run found"
          activeTabId={shown?.id ?? "steps"}
          onChange={({ detail }) => setParameters({ tab: detail.activeTabId }, { preventScrollReset: true })}
          i18nStrings={{ scrollLeftAriaLabel: "Earlier tabs", scrollRightAriaLabel: "Later tabs" }}
          tabs={PARTS.map((part) => ({
            id: part.id,
            label: part.label,
            disabled: !there.includes(part),
            disabledReason: "This run has not come that far.",
            content: part === shown && (
              <Suspense fallback={<Loading />}>
                <part.Shown run={run} />
              </Suspense>
            ),
          }))}
        />
      </SpaceBetween>
    </Page>
  );
}
