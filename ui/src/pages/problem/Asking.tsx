import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Pairs } from "../../components/Pairs";
import type { Problem } from "../../client/schema";
import { share } from "../../lib/numbers";
import { sourceName } from "../../lib/source";

const TASKS = { binary: "Yes or no", multiclass: "One of several", regression: "A number" };

/** What is asked, of which data. */
export function Asking({ file: { problem, data, split, train } }: { file: Problem }) {
  const positive = problem.positive === null ? "" : `, asked for: ${String(problem.positive)}`;
  const way = split.time ? `by time (${split.time})` : split.group ? `by group (${split.group})` : split.column ? `as column ${split.column} says` : "at random";
  const parts = `${share(split.train)} to learn, ${share(split.validation)} to tune, ${share(split.test)} to judge, ${way}`;
  const items = [
    { label: "Decision", value: problem.decision || "–" },
    { label: "Predicted", value: `${problem.target}${problem.task ? ` (${TASKS[problem.task].toLowerCase()}${positive})` : ""}` },
    { label: "Data", value: sourceName(data.source) },
    { label: "Not shown to the model", value: data.drop.join(", ") || "–" },
    { label: "Rows", value: parts },
    { label: "Learner", value: `${train.learner}, ${train.trials} trials in at most ${train.seconds} s` },
  ];
  return (
    <Container fitHeight header={<Header variant="h2">What is asked</Header>}>
      <div className="breakable">
        <Pairs columns={2} items={items} />
      </div>
    </Container>
  );
}
