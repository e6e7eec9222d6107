/** Whether the screen is as narrow as a phone's, also after it has been turned. */
import { useSyncExternalStore } from "react";

const NARROW = 688; // px, as the design system has it
const screen = window.matchMedia(`(max-width: ${NARROW}px)`);

function watch(tell: () => void) {
  screen.addEventListener("change", tell);
  return () => screen.removeEventListener("change", tell);
}

export function isNarrow(): boolean {
  return screen.matches;
}

export function useNarrow(): boolean {
  return useSyncExternalStore(watch, isNarrow);
}
