import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { DataTable } from "../../charts/DataTable";
import type { Lineage } from "../../client/schema";
import { Empty } from "../../components/Empty";

/** The case as it was asked about. */
export function Given({ lineage: { prediction } }: { lineage: Lineage }) {
  const rows = Object.entries(prediction.input).map(([name, value]) => [name, value === null ? "missing, or never captured" : String(value)]);
  return (
    <Container header={<Header variant="h2">What was asked</Header>}>
      {rows.length > 0 ? (
        <DataTable caption="The case as it was sent" captioned numbers={99} head={["Column", "Value"]} rows={rows} />
      ) : (
        <Empty title="The case was not kept">Only a share of the requests keeps its input; the endpoint&apos;s settings say which.</Empty>
      )}
    </Container>
  );
}
