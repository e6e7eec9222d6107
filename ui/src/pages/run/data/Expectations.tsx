import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { DataTable } from "../../../charts/DataTable";
import { plural } from "../../../charts/words";
import type { Profile } from "../documents";

/** What the problem file expects of the data, and whether they keep to it. */
export function Expectations({ profile }: { profile: Profile }) {
  if (profile.expectations.length === 0) return null;
  return (
    <Container header={<Header variant="h2">What was expected of the data</Header>}>
      <DataTable
        caption="Checks of the problem file"
        numbers={9}
        head={["Column", "Expected", "Outcome"]}
        rows={profile.expectations.map((one) => [
          one.column,
          `${one.check}: ${one.wanted}`,
          one.broken <= one.allowed ? (
            <StatusIndicator key="kept">kept</StatusIndicator>
          ) : (
            <StatusIndicator key="broken" type="error">
              broken by {plural(one.broken, "row")}
              {one.examples.length ? `, such as ${one.examples.slice(0, 3).join(", ")}` : ""}
            </StatusIndicator>
          ),
        ])}
      />
    </Container>
  );
}
