import Badge from "@cloudscape-design/components/badge";
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { useLocation } from "react-router";
import { api } from "../client/api";


export function Navigation() {
  const { pathname } = useLocation();
  const { data } = api.useQuery("get", "/api/v1/problems", { params: { query: { limit: 50 } } });
  const { data: alerts } = api.useQuery("get", "/api/v1/alert-counts");
  const open = (alerts ?? []).reduce((sum, { firing }) => sum + firing, 0);
  const problems = (data?.items ?? []).map(({ name }) => ({ type: "link" as const, text: name, href: `/problems/${name}` }));
  const links: SideNavigationProps.Item[] = [...problems, { type: "link", text: "New problem", href: "/new" }];
  const items: SideNavigationProps.Item[] = [
    { type: "link", text: "Overview", href: "/" },
    { type: "link", text: "Runs", href: "/runs" },
    { type: "link", text: "Endpoints", href: "/endpoints" },
    { type: "link", text: "Alerts", href: "/alerts", info: open > 0 ? <Badge color="red">{open} open</Badge> : undefined },
    { type: "link", text: "Lineage", href: "/lineage" },
    { type: "divider" },
    { type: "section", text: "Problems", items: links },
    { type: "divider" },
    { type: "link", text: "API of the models", href: "/docs", external: true },
  ];
  return <SideNavigation items={items} activeHref={active(pathname)} />;
}

/** The entry that a page belongs to. */
function active(pathname: string): string {
  const [, first = "", second = ""] = pathname.split("/");
  if (first === "problems" || first === "models") return `/problems/${second}`;
  if (first === "compare") return "/runs";
  if (first === "monitoring") return "/endpoints";
  return `/${first}`;
}
