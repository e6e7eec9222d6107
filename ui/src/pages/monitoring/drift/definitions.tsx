import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { money, number } from "../../../lib/numbers";
import type { RankedColumn } from "./ranked";

export function definitions(unit: string): TableProps.ColumnDefinition<RankedColumn>[] {
  return [
    { id: "column", header: "Column", isRowHeader: true, minWidth: 180, sortingField: "column", cell: (one) => <span className="breakable">{one.column}</span> },
    { id: "risk", header: "Money at risk", minWidth: 130, sortingField: "risk", cell: (one) => (one.risk === null ? "–" : money(one.risk, unit)) },
    { id: "drifted", header: "State", minWidth: 120, sortingField: "drifted", cell: (one) => <Drifted one={one} /> },
    { id: "psi", header: "PSI", minWidth: 80, sortingField: "psi", cell: (one) => number(one.psi) },
    { id: "js", header: "JS distance", minWidth: 100, sortingField: "js", cell: (one) => number(one.js) },
    { id: "why", header: "Why", minWidth: 220, cell: (one) => one.why || "–" },
  ];
}

function Drifted({ one }: { one: RankedColumn }) {
  return <StatusIndicator type={one.drifted ? "warning" : "success"}>{one.drifted ? "Drifted" : "As usual"}</StatusIndicator>;
}
