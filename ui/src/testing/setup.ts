import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

afterEach(cleanup);

// What jsdom lacks and the design system asks for.
vi.stubGlobal(
  "matchMedia",
  (query: string): Partial<MediaQueryList> => ({ matches: false, media: query, addEventListener: () => {}, removeEventListener: () => {} }),
);
class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", Observer);
vi.stubGlobal("IntersectionObserver", Observer);
