import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import type { ReactNode } from "react";

export interface PageProps {
  title: string;
  description?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  info?: ReactNode;
  children: ReactNode;
}

/** A page: its title (also of the browser's tab, and read aloud when one gets there), what can be done, its content. */
export function Page({ title, description, actions, info, children }: PageProps) {
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={description} actions={actions} info={info}>
          <span className="breakable">{title}</span>
        </Header>
      }
    >
      <title>{`${title} · mlcl`}</title>
      <LiveRegion hidden>{title}</LiveRegion>
      {children}
    </ContentLayout>
  );
}
