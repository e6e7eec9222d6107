import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useId } from "react";
import { VARIABLES } from "../../../charts/colours";
import { count, money, share } from "../../../charts/words";
import type { Point } from "../threshold";
import "./threshold.css";

interface Props {
  points: readonly Point[];
  place: number;
  chosen: number;
  unit: string;
  onChange: (place: number) => void;
}

/** Moves along the thresholds, strictest first; a screen reader hears what each one brings. */
export function ThresholdSlider({ points, place, chosen, unit, onChange }: Props) {
  const id = useId();
  const point = points[place];
  if (!point) return null;
  return (
    <div className="threshold" style={VARIABLES}>
      <label htmlFor={id}>Act on a probability of {share(point.threshold)} and above</label>
      <input
        id={id}
        type="range"
        min={0}
        max={points.length - 1}
        value={place}
        aria-valuetext={inWords(point, unit)}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <div className="threshold-ends">
        <span>stricter: act on fewer</span>
        <span>looser: act on more</span>
      </div>
      <SpaceBetween size="xs" direction="horizontal">
        <Button disabled={place === chosen} onClick={() => onChange(chosen)}>
          Back to the chosen threshold
        </Button>
      </SpaceBetween>
    </div>
  );
}

/** Everything at this threshold, for the ear. */
export function inWords(point: Point, unit: string): string {
  const worth = point.value === null ? "" : `, worth ${money(Math.round(1000 * point.value), unit)} per 1,000 cases`;
  const counts = `${count(point.tp)} rightly, ${count(point.fp)} in vain, ${count(point.fn)} missed`;
  const rates = `precision ${share(point.precision)}, recall ${share(point.recall)}`;
  return `${share(point.threshold)}: ${share(point.share)} acted on, ${rates}${worth}; ${counts}`;
}
