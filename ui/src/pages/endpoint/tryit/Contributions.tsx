import Box from "@cloudscape-design/components/box";
import { Bars } from "../../../charts/Bars";
import { GOOD, SECOND } from "../../../charts/colours";
import type { InputForm } from "../../../client/schema";
import { number } from "../../../lib/numbers";
import { parts } from "./row";

interface Props {
  contributions: Record<string, number>;
  task: InputForm["task"];
  of: string | null;
}

/** What each feature adds to the score of this case. */
export function Contributions({ contributions, task, of }: Props) {
  const shown = parts(contributions);
  const meaning =
    task === "regression"
      ? "What each moves the value by, from the usual one."
      : `What each moves the score by (in log odds), before it becomes a probability: to the right speaks for ${of}, to the left against it.`;
  if (shown.length === 0) return <Box color="text-body-secondary">Nothing in this case moves the answer from the usual one.</Box>;
  return (
    <div>
      <Box variant="h3">Why</Box>
      <Box color="text-body-secondary">{meaning}</Box>
      <Bars
        caption="Contributions to this answer"
        head={["Feature", "Moves it by"]}
        rows={shown.map(({ name, value }) => ({ name, value, text: signed(value), colour: value < 0 ? SECOND : GOOD }))}
      />
    </div>
  );
}

function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : number(value);
}
