import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useState, type ReactNode } from "react";
import { VARIABLES } from "./colours";
import { DataTable } from "./DataTable";
import { Legend } from "./Legend";
import "./charts.css";

interface Props {
  title: string;
  /** What the chart says, in a sentence. */
  summary: ReactNode;
  legend?: readonly { name: string; colour: string }[];
  /** The same as figures; computed when it is asked for. */
  table: () => { head: readonly ReactNode[]; rows: readonly (readonly ReactNode[])[] };
  children: ReactNode;
}

/** A chart under its title, with what it says in words, and its figures as a table. */
export function Figure({ title, summary, legend, table, children }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <figure className="chart-figure" style={VARIABLES}>
      <figcaption>
        <Box variant="h3">{title}</Box>
        <Box color="text-body-secondary">{summary}</Box>
      </figcaption>
      {children}
      {legend && <Legend entries={legend} />}
      <ExpandableSection
        variant="footer"
        headerText="As a table"
        headerAriaLabel={`${title} as a table`}
        expanded={open}
        onChange={({ detail }) => setOpen(detail.expanded)}
      >
        {open && <DataTable caption={title} captioned numbers={0} {...table()} />}
      </ExpandableSection>
    </figure>
  );
}
