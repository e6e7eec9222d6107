import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Tiles from "@cloudscape-design/components/tiles";
import { EFFORTS, type Draft } from "./draft";

const ITEMS = Object.entries(EFFORTS).map(([value, { label, description }]) => ({ value, label, description }));

export function Effort({ effort, onEffort }: { effort: Draft["effort"]; onEffort: (effort: Draft["effort"]) => void }) {
  return (
    <Container header={<Header variant="h2">How long to search</Header>}>
      <Tiles
        ariaLabel="How long to search"
        columns={3}
        items={ITEMS}
        value={effort}
        onChange={({ detail }) => onEffort(detail.value as Draft["effort"])}
      />
    </Container>
  );
}
