import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearchParams } from "react-router";
import { api } from "../../../client/api";
import { Asked } from "../../../components/Asked";
import { Attempts } from "./Attempts";
import { AttemptPanel } from "./AttemptPanel";
import { Policy } from "./Policy";

const REFRESH = 1000; // ms, while one is trained

/** Who was champion, who challenged it, and why the better one won. */
export default function Champions({ name }: { name: string }) {
  const [parameters, setParameters] = useSearchParams();
  const retraining = api.useQuery("get", "/api/v1/endpoints/{name}/retraining", { params: { path: { name } } }, {
    refetchInterval: ({ state }) => (state.data?.busy ? REFRESH : false),
  });
  return (
    <Asked of={retraining}>
      {(found) => {
        const wanted = Number(parameters.get("attempt") ?? found.running?.number ?? found.last?.number ?? 0);
        return (
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">When a challenger is trained</Header>}>
              <SpaceBetween size="m">
                {found.held && <Alert type="info" header="Nothing starts by itself now">{found.held}</Alert>}
                <Policy retraining={found} />
              </SpaceBetween>
            </Container>
            <Attempts name={name} chosen={wanted} busy={found.busy} onChoose={(number) => setParameters({ tab: "champions", attempt: String(number) }, { preventScrollReset: true })} />
            {wanted > 0 && <AttemptPanel key={wanted} name={name} number={wanted} />}
          </SpaceBetween>
        );
      }}
    </Asked>
  );
}
