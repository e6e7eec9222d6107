import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { Figure } from "../../../charts/Figure";
import { Plot } from "../../../charts/Plot";
import { Tiles } from "../../../charts/Tiles";
import { thinned } from "../../../charts/scale";
import { api } from "../../../client/api";
import { Asked } from "../../../components/Asked";
import { pictures, type Picture } from "./traffic";

const REFRESH = 5000; // ms
const SPANS = [5, 15, 60];

/** Requests, latency and errors of the last minutes, measured on. */
export function TrafficPanel({ name }: { name: string }) {
  const [minutes, setMinutes] = useState(15);
  const init = { params: { path: { name }, query: { minutes } } };
  const traffic = api.useQuery("get", "/api/v1/endpoints/{name}/traffic", init, { refetchInterval: REFRESH, placeholderData: keepPreviousData });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={traffic.data?.source === "capture" ? "Counted from captured predictions; another server answers." : undefined}
          actions={
            <SegmentedControl
              label="How far back"
              selectedId={String(minutes)}
              options={SPANS.map((span) => ({ id: String(span), text: `${span} min` }))}
              onChange={({ detail }) => setMinutes(Number(detail.selectedId))}
            />
          }
        >
          Traffic
        </Header>
      }
    >
      <Asked of={traffic}>
        {(found) => (
          <Tiles least={260}>
            {pictures(found).map((picture) => (
              <Drawn key={picture.title} picture={picture} />
            ))}
          </Tiles>
        )}
      </Asked>
    </Container>
  );
}

function Drawn({ picture }: { picture: Picture }) {
  const { title, summary, series, x, y } = picture;
  const table = () => ({
    head: ["Time", ...series.map(({ name }) => name)],
    rows: thinned(series[0]?.x.length ?? 0, 30).map((at) => [x.format(series[0]?.x[at] ?? 0), ...series.map((one) => said(one.y[at], y.format))]),
  });
  return (
    <Figure title={title} summary={summary} legend={series} table={table}>
      <Plot {...picture} />
    </Figure>
  );
}

function said(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}
