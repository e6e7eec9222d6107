import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Bars } from "../../../charts/Bars";
import { Heatmap } from "../../../charts/Heatmap";
import type { Profile } from "../documents";

/** How numeric columns go together with the target, and with one another. */
export function Correlations({ profile }: { profile: Profile }) {
  const { columns, matrix } = profile.correlations;
  if (columns.length < 2) return null;
  const first = columns[0] === profile.target.name;
  const rows = columns.slice(1).map((name, place) => ({ name, value: matrix[0]?.[place + 1] ?? 0 }));
  rows.sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const about = profile.target.positive ? `${profile.target.name} being ${profile.target.positive}` : profile.target.name;
  return (
    <Container
      header={
        <Header variant="h2" description="Pearson correlations: 1 together, −1 against each other, 0 neither.">
          Correlations
        </Header>
      }
    >
      <SpaceBetween size="m">
        {first && (
          <Bars
            caption={`With ${about}`}
            head={["Column", "Correlation"]}
            rows={rows.slice(0, 10).map((row) => ({ ...row, text: row.value.toFixed(2).replace("-", "−") }))}
            most={1}
          />
        )}
        <ExpandableSection headerText={`All ${columns.length} with one another`}>
          <Heatmap caption="Correlations of the columns" names={columns} matrix={matrix} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}
