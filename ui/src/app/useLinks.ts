import { useEffect } from "react";
import { useNavigate } from "react-router";

const SERVER = /^\/(api|docs|openapi\.json|metrics)(\/|$)/;

/** Every link to a page of ours, wherever it stands, changes the page without loading it anew. So a plain `href` is enough. */
export function useLinks(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const follow = (event: MouseEvent) => {
      const to = destination(event);
      if (to === null) return;
      event.preventDefault();
      void navigate(to);
    };
    document.addEventListener("click", follow);
    return () => document.removeEventListener("click", follow);
  }, [navigate]);
}

function destination(event: MouseEvent): string | null {
  const special = event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  if (special || link === null || link.hasAttribute("download") || (link.target && link.target !== "_self")) return null;
  const url = new URL(link.href);
  if (url.origin !== window.location.origin || SERVER.test(url.pathname)) return null;
  return url.pathname + url.search + url.hash;
}
