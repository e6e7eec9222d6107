/** The looks as charts have them. */
import { BAD, MODEL, NAIVE, SECOND, series as colour } from "../../charts/colours";
import { figure } from "../../charts/metrics";
import { extent, moments } from "../../charts/scale";
import type { PlotProps, Series } from "../../charts/types";
import { money, plain } from "../../charts/words";
import type { LookBrief, MetricSeries, MonitoringSeries, SeriesPoint } from "../../client/schema";

const SHOWN = 6; // columns with a line of their own
const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const HOUR = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const WHOLE = 86_400_000; // ms of a day

type Drawn = Pick<PlotProps, "title" | "x" | "y" | "series">;
type Points = readonly (number | null)[];

export function times(looks: readonly Pick<LookBrief, "until">[]): number[] {
  return looks.map(({ until }) => Date.parse(until));
}

/** Drift of the columns that drifted most, with the limit. */
export function drift(found: MonitoringSeries): Drawn {
  const x = times(found.looks);
  const lines = found.columns.slice(0, SHOWN).map(({ column, psi }, place) => line(column, colour(place), x, psi));
  if (found.predictions) lines.push({ ...line("the predictions", NAIVE, x, found.predictions.psi), dashed: true });
  const limit = level("limit", x, found.limits.psi);
  const known = lines.flatMap(({ y }) => y);
  return { title: "Drift over time", x: across(found.looks), y: { label: "PSI", range: extent(known, 0, found.limits.psi * 1.5), format: plain }, series: [...lines, limit] };
}

/** Whether the rows as a whole can be told from training's. */
export function apart(found: MonitoringSeries): Drawn {
  const x = times(found.looks);
  const values = found.auc.map(({ value }) => value);
  return {
    title: "Can the rows be told from training's?",
    x: across(found.looks),
    y: { label: "ROC AUC (0.5: no)", range: extent(values, 0.5, found.limits.auc), format: plain },
    series: [line("all columns together", MODEL, x, values), level("limit", x, found.limits.auc)],
  };
}

/** A metric as promised, as estimated and as realised. */
export function metric(found: MonitoringSeries, one: MetricSeries): Drawn {
  const format = (value: number) => figure(one.metric, value, found.unit);
  return three(found, one.label, format, one.promised, one.estimated, one.realised);
}

/** What a decision was worth. */
export function value(found: MonitoringSeries): Drawn | null {
  const got = found.value;
  if (!got) return null;
  return three(found, "Value per case", (amount) => money(amount, got.unit), got.promised_per_case, got.estimated_per_case, got.realised_per_case);
}

/** Sums: what is at risk, look by look. */
export function risk(found: MonitoringSeries): Drawn | null {
  const got = found.value;
  if (!got?.money_at_risk.some((amount) => amount)) return null;
  const x = times(found.looks);
  const y = got.money_at_risk.map((amount, place) => amount ?? (found.looks[place]?.enough ? 0 : null));
  return { title: "Money at risk", x: across(found.looks), y: { label: `${got.unit} in a window`, range: extent(y, 0), format: (amount) => money(amount, "") }, series: [line("at risk", MODEL, x, y)] };
}

export function volume(found: MonitoringSeries): Drawn {
  const x = times(found.looks);
  return { title: "Traffic", x: across(found.looks), y: { label: "rows an hour", range: extent(found.rows_per_hour, 0), format: plain }, series: [line("rows an hour", MODEL, x, found.rows_per_hour)] };
}

function three(found: MonitoringSeries, title: string, format: (value: number) => string, promised: Points, estimated: readonly SeriesPoint[], realised: readonly SeriesPoint[]): Drawn {
  const x = times(found.looks);
  const lines = [
    line("estimated, without outcomes", MODEL, x, estimated.map((point) => point.value)),
    line("realised, by outcomes", SECOND, x, realised.map((point) => point.value)),
    { ...line("promised", NAIVE, x, promised), dashed: true },
  ];
  return { title, x: across(found.looks), y: { label: "", range: extent(lines.flatMap(({ y }) => y)), format }, series: lines };
}

export function across(looks: readonly Pick<LookBrief, "until">[]): PlotProps["x"] {
  const at = times(looks);
  const [low, high] = [Math.min(...at), Math.max(...at)];
  const range = low < high ? extent(at) : ([low - WHOLE / 2, low + WHOLE / 2] as const);
  return { label: "", range, ticks: moments, format: when };
}

/** A day, or where figures are less apart the time of the day; by itself both. */
function when(at: number, step?: number): string {
  if (step === undefined) return HOUR.format(at);
  const midnight = new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0;
  return (step >= WHOLE || midnight ? DAY : CLOCK).format(at);
}

function line(name: string, shade: string, x: readonly number[], y: Points): Series {
  return { name, colour: shade, x, y, marked: true };
}

function level(name: string, x: readonly number[], at: number): Series {
  return { name, colour: BAD, x, y: x.map(() => at), dashed: true };
}
