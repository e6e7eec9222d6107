import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Bar } from "../../../charts/Bars";
import { DataTable } from "../../../charts/DataTable";
import { series } from "../../../charts/colours";
import type { EndpointDetail, Variant } from "../../../client/schema";
import { count, number, share } from "../../../lib/numbers";
import { modelPage, runPage } from "../../../lib/places";
import { milliseconds } from "../../endpoints/columns";

const ROLES: Record<Variant["role"], string> = {
  live: "Live: answers",
  canary: "Canary: answers a share",
  shadow: "Shadow: only recorded",
  standby: "Standby: waits for a rollback",
};

/** The models of the endpoint, with their shares of the requests. */
export function Variants({ endpoint }: { endpoint: EndpointDetail }) {
  const description = endpoint.serving ? "Figures since the server was started." : "Another server answers for this endpoint.";
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          Models in use
        </Header>
      }
    >
      <DataTable
        caption="Models in use"
        captioned
        numbers={4}
        head={["Model", "Part", "Share of the requests", "Loaded", "Requests", "Errors", "Median", "p95"]}
        rows={endpoint.variants.map((variant, place) => row(endpoint.name, variant, place))}
      />
    </Container>
  );
}

function row(name: string, variant: Variant, place: number) {
  const { figures, weight, role } = variant;
  return [
    <>
      <Link href={variant.version ? modelPage(name, variant.version) : runPage(variant.run)}>{variant.label}</Link> {variant.learner}
    </>,
    ROLES[role],
    <div key="weight" style={{ minInlineSize: 120 }}>
      {number(weight)}%
      <Bar row={{ value: weight, colour: series(place) }} high={100} />
    </div>,
    variant.loaded === null ? "–" : <StatusIndicator type={variant.loaded ? "success" : "in-progress"}>{variant.loaded ? "Yes" : "Loading"}</StatusIndicator>,
    count(figures?.requests),
    figures?.requests ? share(figures.errors / figures.requests) : "–",
    milliseconds(figures?.p50_ms),
    milliseconds(figures?.p95_ms),
  ];
}
