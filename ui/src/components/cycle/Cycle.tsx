import type { Phase } from "../../client/schema";
import { PhaseMark } from "./PhaseMark";
import "./cycle.css";

export interface CycleProps {
  phases: readonly Phase[];
  /** Where each phase is shown in full; none: nowhere yet. */
  linkTo: (phase: Phase["name"]) => string | undefined;
}

/** The life cycle as a chain: each phase with how it stands. */
export function Cycle({ phases, linkTo }: CycleProps) {
  return (
    <div className="cycle-box">
      <ol className="cycle" aria-label="Life cycle">
        {phases.map((phase) => (
          <PhaseMark key={phase.name} phase={phase} href={linkTo(phase.name)} />
        ))}
      </ol>
    </div>
  );
}
