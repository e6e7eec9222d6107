import { useEffect, useRef, useState, type ReactNode } from "react";
import { VARIABLES } from "./colours";

/** What may be wider than the page scrolls by itself; then the keyboard can reach it. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const watched = element.current;
    if (!watched || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => setWide(watched.scrollWidth > watched.clientWidth));
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);
  const reachable = wide ? { tabIndex: 0, role: "region", "aria-label": label } : {};
  return (
    <div className="chart-scroll" ref={element} style={VARIABLES} {...reachable}>
      {children}
    </div>
  );
}
