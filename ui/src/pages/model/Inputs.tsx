import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { DataTable } from "../../charts/DataTable";
import { plural, range } from "../../charts/words";
import type { Column, Model } from "../../client/schema";

const FEW = 8; // categories that are named

/** What the model asks for. */
export default function Inputs({ model }: { model: Model }) {
  const description = `${plural(model.inputs.length, "column")} in, ${plural(model.features.length, "feature")} made of them.`;
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          What it asks for
        </Header>
      }
    >
      <DataTable
        caption="Columns that a prediction needs"
        numbers={99}
        head={["Column", "Kind", "Values seen in training"]}
        rows={model.inputs.map((column) => [column.name, column.kind, values(column)])}
      />
    </Container>
  );
}

function values({ categories, min, max }: Column): string {
  if (categories) {
    const more = categories.length > FEW ? ` and ${categories.length - FEW} more` : "";
    return categories.slice(0, FEW).join(", ") + more;
  }
  if (typeof min === "number" && typeof max === "number") return range(min, max);
  return min === null || max === null ? "–" : `${min} to ${max}`;
}
