/** Figures as a reader wants them: the words of the HTML report, here too. */

export const NONE = "–";
const GLUE = "\u00a0"; // between a number and its unit

type Maybe = number | null | undefined;

/** "0.801", "12.4", "1,234": about `digits` significant digits, thousands grouped. */
export function number(value: Maybe, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size >= 10 ** (digits - 1) || Number.isInteger(value)) return fixed(value, 0);
  if (size >= 1) return fixed(value, digits - String(Math.floor(size)).length);
  if (size >= 0.001) return fixed(value, size >= 0.1 ? digits : digits + 1);
  return signed(String(Number(value.toPrecision(digits))));
}

export function count(value: Maybe): string {
  return value === null || value === undefined ? NONE : fixed(value, 0);
}

/** 0.083 as "8.3%". */
export function share(value: Maybe, places = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value > 0 && value < 0.001) return "<0.1%";
  return `${fixed(100 * value, places).replace(/\.0+$/, "")}%`;
}

/** "1,234 EUR"; amounts keep two decimals unless they, or the `size` of those beside them, reach 100. */
export function money(value: Maybe, unit: string, size = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const whole = Math.max(Math.abs(value), size) >= 100 || Number.isInteger(value);
  return `${fixed(value, whole ? 0 : 2)}${unit ? GLUE + unit : ""}`;
}

export function seconds(value: Maybe): string {
  if (value === null || value === undefined) return NONE;
  if (value < 60) return `${fixed(value, value < 10 ? 2 : 1)}${GLUE}s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)}${GLUE}min ${whole % 60}${GLUE}s`;
}

export function plural(amount: number, noun: string): string {
  return `${count(amount)} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Figures that stand below one another: all with the decimals that give the greatest three digits. */
export function column(values: readonly Maybe[]): string[] {
  const sizes = values.map((value) => Math.abs(value ?? 0));
  const most = Math.max(...sizes) || 1;
  const places = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(most))));
  return values.map((value) => (value === null || value === undefined ? NONE : fixed(value, places)));
}

/** How an axis writes a figure; `step`: how far it is from the next one, where it stands in a row of them. */
export type Format = (value: number, step?: number) => string;

/** Numbers of an axis, all with the decimals that their step needs: 0, 0.25, 0.5 as "0.00", "0.25", "0.50". */
export const plain: Format = (value, step) => (step === undefined ? number(value) : fixed(value, decimals(step)));

/** Likewise, as percentages. */
export const percent: Format = (value, step) => (step === undefined ? share(value) : `${fixed(100 * value, decimals(100 * step))}%`);

function decimals(step: number): number {
  const places = [0, 1, 2, 3, 4, 5];
  return places.find((place) => Math.abs(step * 10 ** place - Math.round(step * 10 ** place)) < 1e-6) ?? 6;
}

/** "0.07", "5.45", "200": as somebody would type it, with at most three significant digits. */
export function typed(value: number): string {
  return signed(Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 15 }));
}

/** "762 to 5,012": both ends with the decimals of the greater one. */
export function range(low: number, high: number, digits = 4): string {
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const places = Number.isInteger(low) && Number.isInteger(high) ? 0 : Math.min(6, Math.max(0, digits - 1 - Math.floor(Math.log10(most))));
  return `${fixed(low, places)} to ${fixed(high, places)}`;
}

/** With a true minus sign, and none before zero. */
function fixed(value: number, places: number): string {
  return signed(value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places }));
}

function signed(text: string): string {
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}
