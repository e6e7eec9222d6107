import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "react-router";
import { api } from "../../client/api";
import { Asked } from "../../components/Asked";
import { Page } from "../../components/Page";
import { Chain } from "./Chain";
import { Given } from "./Given";
import { Search } from "./Search";

/** From an answer back to everything that it came from. */
export function Component() {
  const { id = "" } = useParams();
  return (
    <Page title="Lineage" description="Every answer leads back to the model, the run, the data, the problem and the code that it came from.">
      <SpaceBetween size="l">
        <Search key={id} id={id} />
        {id && <Found id={id} />}
      </SpaceBetween>
    </Page>
  );
}

function Found({ id }: { id: string }) {
  const lineage = api.useQuery("get", "/api/v1/lineage/{prediction}", { params: { path: { prediction: id } } }, { retry: false });
  return (
    <Asked of={lineage} what="Looking for the prediction">
      {(found) => (
        <SpaceBetween size="l">
          <Chain lineage={found} />
          <Given lineage={found} />
        </SpaceBetween>
      )}
    </Asked>
  );
}
