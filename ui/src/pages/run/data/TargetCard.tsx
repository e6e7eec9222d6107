import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Bars } from "../../../charts/Bars";
import { MODEL, SECOND } from "../../../charts/colours";
import { count, share } from "../../../charts/words";
import type { Profile } from "../documents";
import { Distribution } from "./Distribution";

/** What is predicted: how often each class occurs, or how the numbers are spread. */
export function TargetCard({ profile }: { profile: Profile }) {
  const { target } = profile;
  const why = [`${target.task}, as ${target.task_why}`, target.positive && `positive: ${target.positive} (${target.positive_why})`];
  const column = profile.columns.find((one) => one.role === "target");
  return (
    <Container
      header={
        <Header variant="h2" description={why.filter(Boolean).join("; ")}>
          What is predicted: {target.name}
        </Header>
      }
    >
      {target.counts ? <Counts target={target} /> : column && <Distribution column={column} />}
      {target.missing > 0 && <Box color="text-body-secondary">{count(target.missing)} rows have no target.</Box>}
    </Container>
  );
}

function Counts({ target }: { target: Profile["target"] }) {
  const counts = Object.entries(target.counts ?? {});
  const total = counts.reduce((sum, [, amount]) => sum + amount, 0);
  const rows = counts.map(([name, amount]) => ({
    name,
    value: amount,
    text: `${count(amount)} (${share(amount / total)})`,
    colour: name === target.positive ? SECOND : MODEL,
  }));
  return <Bars caption="How often each class occurs" head={["Class", "Rows"]} rows={rows} />;
}
