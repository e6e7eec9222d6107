import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { api } from "../../../client/api";
import { Asked } from "../../../components/Asked";
import { volume } from "../curves";
import { OverTime } from "../OverTime";
import { useSeries } from "../useSeries";
import { CheckTable } from "./CheckTable";

/** Whether the rows that come in are sound: missing, of the right type, in range, as many as usual. */
export default function Quality({ name }: { name: string }) {
  const { series, look, chooseLook } = useSeries(name);
  return (
    <Asked of={series}>
      {(found) => (
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Rows that came in</Header>}>
            <OverTime
              drawn={volume(found)}
              summary="Predictions of the live model in the window. Choose a point to see that look below."
              cursor={look && Date.parse(look.until)}
              onChoose={(place) => chooseLook(found.looks[place]?.id ?? "")}
            />
          </Container>
          {look && <Checks name={name} look={look.id} />}
        </SpaceBetween>
      )}
    </Asked>
  );
}

function Checks({ name, look }: { name: string; look: string }) {
  const found = api.useQuery("get", "/api/v1/endpoints/{name}/looks/{look}", { params: { path: { name, look } } });
  return <Asked of={found}>{(whole) => <CheckTable look={whole} />}</Asked>;
}
