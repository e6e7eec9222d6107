import Icon, { type IconProps } from "@cloudscape-design/components/icon";
import Spinner from "@cloudscape-design/components/spinner";
import type { Phase } from "../../client/schema";
import { at } from "../../lib/time";

const SIGNS: Record<Phase["state"], IconProps.Name> = {
  "not started": "status-pending",
  running: "status-in-progress",
  done: "check",
  attention: "status-warning",
  failed: "close",
};

export function PhaseMark({ phase, href }: { phase: Phase; href?: string }) {
  const { state, label, text } = phase;
  const name = <span className="cycle-label">{label}</span>;
  return (
    <li className="cycle-phase" data-state={state} title={phase.at ? at(phase.at) : undefined}>
      <span className="cycle-sign" aria-hidden="true">
        {state === "running" ? <Spinner /> : <Icon name={SIGNS[state]} />}
      </span>
      <span className="cycle-words">
        {href ? <a href={href}>{name}</a> : name}
        <span className="hidden">: {state}. </span>
        {text && <span className="cycle-text">{text}</span>}
      </span>
    </li>
  );
}
