/** Traffic as a chart has it. */
import { series as colour } from "../../../charts/colours";
import { extent, moments } from "../../../charts/scale";
import type { PlotProps, Series } from "../../../charts/types";
import { count, percent, plain } from "../../../charts/words";
import type { Traffic, TrafficPoint } from "../../../client/schema";

export interface Picture extends PlotProps {
  summary: string;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** Requests, latency and errors over time, a line for each model; what nobody measured is left out. */
export function pictures(traffic: Traffic): Picture[] {
  const drawn = [requests(traffic)];
  if (traffic.source === "server") drawn.push(latency(traffic), errors(traffic));
  return drawn;
}

function requests(traffic: Traffic): Picture {
  const minutes = traffic.slot_seconds / 60;
  const lines = traffic.series.map((one, place) => line(one.label, place, one.points, (point) => point.requests / minutes));
  const total = sum(traffic, (point) => point.requests);
  const summary = total ? `${count(total)} in this time.` : "Nobody asked in this time.";
  return picture(traffic, "Requests", { label: "a minute", range: extent(lines.flatMap(({ y }) => y), 0, 1), format: plain }, lines, summary);
}

function latency(traffic: Traffic): Picture {
  const lines = traffic.series.map((one, place) => line(one.label, place, one.points, (point) => point.p95_ms));
  const y = { label: "ms", range: extent(lines.flatMap(({ y }) => y), 0, 1), format: plain };
  return picture(traffic, "Latency", y, lines, "Within which 95% of the requests were answered.");
}

function errors(traffic: Traffic): Picture {
  const lines = traffic.series.map((one, place) => line(one.label, place, one.points, (point) => (point.requests ? point.errors / point.requests : null)));
  const failed = sum(traffic, (point) => point.errors);
  const refused = traffic.rejected.reduce((all, one) => all + one, 0);
  const summary = `${count(failed)} failed; ${count(refused)} were refused as wrong.`;
  return picture(traffic, "Errors", { label: "share", range: extent(lines.flatMap(({ y }) => y), 0, 0.01), format: percent }, lines, summary);
}

function picture(traffic: Traffic, title: string, y: PlotProps["y"], series: Series[], summary: string): Picture {
  const range = [Date.parse(traffic.since), Date.parse(traffic.until)] as const;
  return { title, summary, x: { label: "", range, ticks: moments, format: (at) => CLOCK.format(at) }, y, series, height: 200 };
}

function line(name: string, place: number, points: readonly TrafficPoint[], read: (point: TrafficPoint) => number | null): Series {
  const y = points.map(read);
  // A figure between two slots without one would be drawn as nothing.
  const lonely = y.some((value, at) => value !== null && (y[at - 1] ?? null) === null && (y[at + 1] ?? null) === null);
  return { name, colour: colour(place), x: points.map(({ at }) => Date.parse(at)), y, marked: lonely };
}

function sum(traffic: Traffic, read: (point: TrafficPoint) => number): number {
  return traffic.series.reduce((all, { points }) => all + points.reduce((part, point) => part + read(point), 0), 0);
}
