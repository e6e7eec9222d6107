import "./request";
import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// What jsdom lacks and the design system asks for.
const matchMedia = (media: string): Partial<MediaQueryList> => ({ matches: false, media, addEventListener: () => {}, removeEventListener: () => {} });
class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}
Object.assign(window, { matchMedia, ResizeObserver: Observer, IntersectionObserver: Observer });
