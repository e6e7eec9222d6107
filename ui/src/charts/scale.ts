/** Plain numeric scales: from what is measured to places in a drawing. */

export type Scale = (value: number) => number;
export type Range = readonly [number, number];

export function linear([low, high]: Range, [from, to]: Range): Scale {
  const width = high - low || 1;
  return (value) => from + ((value - low) / width) * (to - from);
}

/** Round numbers within [low, high], about `count` of them. */
export function ticks([low, high]: Range, count = 5): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!Number.isFinite(rough) || rough <= 0) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * step).toPrecision(12)));
}

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const STEPS = [...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE), ...[1, 2, 7, 14, 28, 56, 91, 182, 364].map((days) => days * DAY)];

/** Round moments of the reader's clock within [low, high], at most `most` of them; from a day apart on midnights. */
export function moments([low, high]: Range, most: number): number[] {
  const step = STEPS.find((one) => (high - low) / one <= most) ?? 364 * DAY;
  const midnight = new Date(low);
  midnight.setHours(0, 0, 0, 0);
  const found: number[] = [];
  for (let place = 0; ; place++) {
    const at = new Date(midnight);
    if (step < DAY) at.setTime(midnight.getTime() + place * step);
    else at.setDate(midnight.getDate() + (place * step) / DAY);
    if (at.getTime() > high) return found;
    if (at.getTime() >= low) found.push(at.getTime());
  }
}

/** The range of the known numbers, with a little room; `also` are numbers that it has to hold. */
export function extent(values: Iterable<number | null | undefined>, ...also: number[]): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const value of [...values, ...also]) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.04;
  return [also.includes(low) ? low : low - room, also.includes(high) ? high : high + room];
}

/** Place of the number nearest to `wanted`. */
export function nearest(values: readonly (number | null)[], wanted: number): number {
  let best = 0;
  let least = Infinity;
  values.forEach((value, place) => {
    const far = value === null ? Infinity : Math.abs(value - wanted);
    if (far < least) [best, least] = [place, far];
  });
  return best;
}

/** At most `most` places of a list, evenly spaced, the first and the last among them. */
export function thinned(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, place) => place);
  return Array.from({ length: most }, (_, place) => Math.round((place * (length - 1)) / (most - 1)));
}

/** The points whose two figures are both known. */
export function pairs(xs: readonly (number | null)[] = [], ys: readonly (number | null)[] = []) {
  const x: number[] = [];
  const y: number[] = [];
  xs.forEach((one, place) => {
    const other = ys[place];
    if (one === null || other === null || other === undefined) return;
    x.push(one);
    y.push(other);
  });
  return { x, y };
}
