import Tabs from "@cloudscape-design/components/tabs";
import { Suspense, type ReactNode } from "react";
import { useSearchParams } from "react-router";
import { Loading } from "./Loading";

export interface Part {
  id: string;
  label: string;
  content: () => ReactNode;
}

/** The parts of a page; the one shown stands in the address. */
export function Tabbed({ label, parts }: { label: string; parts: readonly Part[] }) {
  const [parameters, setParameters] = useSearchParams();
  const shown = parts.find((part) => part.id === parameters.get("tab")) ?? parts[0];
  return (
    <Tabs
      ariaLabel={label}
      activeTabId={shown?.id ?? ""}
      onChange={({ detail }) => setParameters({ tab: detail.activeTabId }, { preventScrollReset: true })}
      i18nStrings={{ scrollLeftAriaLabel: "Earlier tabs", scrollRightAriaLabel: "Later tabs" }}
      tabs={parts.map((part) => ({
        id: part.id,
        label: part.label,
        content: part === shown && <Suspense fallback={<Loading />}>{part.content()}</Suspense>,
      }))}
    />
  );
}
