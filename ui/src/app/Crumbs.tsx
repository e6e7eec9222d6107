import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import { useMatches } from "react-router";
import type { Handle } from "./router";

export function Crumbs() {
  const match = useMatches().findLast(({ handle }) => handle !== undefined);
  const below = (match?.handle as Handle | undefined)?.crumbs(match?.params ?? {}) ?? [];
  if (below.length === 0) return null;
  return <BreadcrumbGroup ariaLabel="Where you are" items={[{ text: "Overview", href: "/" }, ...below]} />;
}
