/** Figures as a reader wants them (the charts' words), and sizes of files. */
import { number } from "../charts/words";

export * from "../charts/words";

const SIZES = ["bytes", "kB", "MB", "GB", "TB"];

/** 1_234_567 as "1.23 MB". */
export function bytes(value: number): string {
  const power = Math.min(SIZES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${number(value / 1000 ** power)}\u00a0${SIZES[power] ?? ""}`;
}
