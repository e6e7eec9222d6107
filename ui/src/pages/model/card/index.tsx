import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { api } from "../../../client/api";
import type { Model } from "../../../client/schema";
import { Asked } from "../../../components/Asked";
import { Blocks } from "./Blocks";
import { blocks } from "./markdown";

/** The model card, as it can be handed on. */
export default function Card({ model }: { model: Model }) {
  const version = String(model.version ?? model.run);
  const path = { problem: model.problem, version };
  const found = api.useQuery("get", "/api/v1/models/{problem}/{version}/card", {
    params: { path, query: { format: "markdown" } },
    parseAs: "text",
  });
  const address = `/api/v1/models/${encodeURIComponent(model.problem)}/${version}/card`;
  const name = `${model.problem}-${version}`;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween size="xs" direction="horizontal">
              <Button href={`${address}?format=html`} download={`${name}.html`} iconName="download">
                HTML
              </Button>
              <Button href={`${address}?format=markdown`} download={`${name}.md`} iconName="download">
                Markdown
              </Button>
            </SpaceBetween>
          }
        >
          Model card
        </Header>
      }
    >
      <Asked of={found}>{(text) => <Blocks blocks={blocks(text)} />}</Asked>
    </Container>
  );
}
