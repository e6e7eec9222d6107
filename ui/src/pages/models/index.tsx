import { useParams } from "react-router";
import { Page } from "../../components/Page";
import { ModelTable } from "./ModelTable";

/** The registry of one problem. */
export function Component() {
  const { problem = "" } = useParams();
  return (
    <Page
      title={`Models of ${problem}`}
      description="Every model that was made. Those that met their goals have a version; the highest approved one is the champion."
    >
      <ModelTable problem={problem} />
    </Page>
  );
}
