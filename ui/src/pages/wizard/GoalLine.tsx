import Checkbox from "@cloudscape-design/components/checkbox";
import Input from "@cloudscape-design/components/input";
import { sentence, wrong, type Chosen } from "./goals";
import "./wizard.css";

export interface GoalLineProps {
  goal: Chosen;
  positive: string;
  unit: string;
  change: (part: Partial<Chosen>) => void;
}

/** A goal as a sentence with a number in it. */
export function GoalLine({ goal, positive, unit, change }: GoalLineProps) {
  const [before, after] = sentence(goal.kind, positive, unit);
  const bounded = goal.kind.bound !== "better_than";
  return (
    <div className="goal-line">
      <Checkbox checked={goal.on} onChange={({ detail }) => change({ on: detail.checked })}>
        {before}
      </Checkbox>
      {bounded && (
        <span className="goal-amount">
          <Input
            type="number"
            step="any"
            inputMode="decimal"
            ariaLabel={[before, after].join(" … ")}
            value={goal.amount}
            disabled={!goal.on}
            invalid={wrong(goal)}
            onChange={({ detail }) => change({ amount: detail.value })}
          />
        </span>
      )}
      {bounded && <span>{after}</span>}
      <span className="goal-help">{goal.kind.help}</span>
    </div>
  );
}
