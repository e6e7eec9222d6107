import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { DataTable } from "../../charts/DataTable";
import type { Comparison } from "../../client/schema";
import type { Side } from "./Beside";
import { Name } from "./Name";

const NAMES: Record<keyof Comparison["same"], string> = {
  problem: "the problem file",
  dataset: "the data",
  split: "the split",
  code: "the code",
  bundle: "the model",
};

/** What is the same and what is not: problem, data, code. */
export function Changes({ comparison, sides }: { comparison: Comparison; sides: readonly Side[] }) {
  const { same, problem } = comparison;
  const names = Object.keys(NAMES) as (keyof typeof NAMES)[];
  const said = (wanted: boolean) => names.filter((name) => same[name] === wanted).map((name) => NAMES[name]);
  const [alike, different] = [said(true), said(false)];
  const description = [different.length ? `Different: ${listed(different)}.` : "", alike.length ? `The same: ${listed(alike)}.` : ""];
  return (
    <Container
      header={
        <Header variant="h2" description={description.filter(Boolean).join(" ")}>
          What changed
        </Header>
      }
    >
      <SpaceBetween size="m">
        {!(same.dataset && same.split) && (
          <Alert type="warning" header="Not measured on the same rows">
            With other data, or another split, the figures come from other test rows: part of a difference may be the rows’.
          </Alert>
        )}
        {problem.length > 0 ? (
          <DataTable
            caption="Keys of the problem file that differ"
            numbers={99}
            head={["Key", ...sides.map((side) => <Name key={side.run.id} side={side} />)]}
            rows={problem.map((one) => [<code key={one.key}>{one.key}</code>, ...one.values.map(shown)])}
          />
        ) : (
          "The problem files say the same."
        )}
      </SpaceBetween>
    </Container>
  );
}

function shown(value: string | null, place: number) {
  return (
    <span key={place} className="breakable">
      {value ?? "not there"}
    </span>
  );
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat("en").format(names);
}
