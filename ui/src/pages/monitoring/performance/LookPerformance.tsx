import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Pairs } from "../../../components/Pairs";
import { api } from "../../../client/api";
import type { Look } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { Time } from "../../../components/Time";
import { count, money } from "../../../lib/numbers";
import { Compared } from "./Compared";

/** One look: every metric as promised, estimated and realised. */
export function LookPerformance({ name, look }: { name: string; look: string }) {
  const found = api.useQuery("get", "/api/v1/endpoints/{name}/looks/{look}", { params: { path: { name, look } } });
  return <Asked of={found}>{(whole) => <Shown look={whole} />}</Asked>;
}

function Shown({ look }: { look: Look }) {
  const { performance, estimated } = look;
  return (
    <Container header={<Header variant="h2" description={<>Look of <Time at={look.until} /></>}>Metrics of one look</Header>}>
      <SpaceBetween size="l">
        {performance && !performance.judged && (
          <Alert type="info" header="The outcomes cannot be judged yet">
            {performance.why}
          </Alert>
        )}
        {!estimated?.metrics && <Alert type="info" header="Nothing is estimated">{estimated?.why ?? "There was too little traffic in this window."}</Alert>}
        {performance?.judged && <Realised performance={performance} />}
        <Compared look={look} />
      </SpaceBetween>
    </Container>
  );
}

function Realised({ performance: { since, until, predictions, labelled, value } }: { performance: NonNullable<Look["performance"]> }) {
  const items = [
    { label: "Judged predictions of", value: <><Time at={since} /> to <Time at={until} /></> },
    { label: "With a known outcome", value: `${count(labelled)} of ${count(predictions)}` },
    ...(value
      ? [
          { label: "Value realised", value: `${money(value.realised, value.unit)} in ${count(value.cases)} cases` },
          { label: "Value promised", value: value.promised_per_case === null ? "–" : money(value.promised_per_case * value.cases, value.unit) },
        ]
      : []),
  ];
  return <Pairs columns={4} items={items} />;
}
