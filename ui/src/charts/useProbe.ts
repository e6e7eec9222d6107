import { useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Scale } from "./scale";
import type { Series } from "./types";

interface Places {
  first: Series | undefined;
  toX: Scale;
  toY: Scale;
  onChoose?: ((place: number) => void) | undefined;
}

export interface Probe {
  place: number | null;
  handlers: {
    onKeyDown: (event: KeyboardEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerDown: (event: PointerEvent) => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: () => void;
  };
}

/** Which point of the first series is looked at: by arrow keys, or the one under the pointer. */
export function useProbe({ first, toX, toY, onChoose }: Places): Probe {
  const [place, setPlace] = useState<number | null>(null);
  const last = (first?.x.length ?? 0) - 1;

  function under(event: PointerEvent): number {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [0, Infinity];
    first?.x.forEach((value, index) => {
      const up = first.dots ? toY(first.y[index] ?? 0) - y : 0;
      const far = (toX(value) - x) ** 2 + up ** 2;
      if (far < least) [best, least] = [index, far];
    });
    return best;
  }

  function onKeyDown(event: KeyboardEvent) {
    const now = place ?? 0;
    const far = Math.max(1, Math.round(last / 10));
    const next = moved(event.key, now, far, last);
    if (next !== null) {
      event.preventDefault();
      setPlace(Math.min(last, Math.max(0, next)));
    } else if (event.key === "Enter" && place !== null) onChoose?.(place);
    else if (event.key === "Escape") setPlace(null);
  }

  return {
    place: place === null || last < 0 ? null : Math.min(place, last),
    handlers: {
      onKeyDown,
      onPointerMove: (event) => setPlace(under(event)),
      onPointerDown: (event) => onChoose?.(under(event)),
      onPointerLeave: () => setPlace(null),
      onFocus: () => setPlace((known) => known ?? 0),
      onBlur: () => setPlace(null),
    },
  };
}

function moved(key: string, now: number, far: number, last: number): number | null {
  const steps: Record<string, number> = {
    ArrowRight: now + 1,
    ArrowUp: now + 1,
    ArrowLeft: now - 1,
    ArrowDown: now - 1,
    PageUp: now + far,
    PageDown: now - far,
    Home: 0,
    End: last,
  };
  return steps[key] ?? null;
}
