import { createBrowserRouter, type Params } from "react-router";
import { Loading } from "../components/Loading";
import { Component as Overview } from "../pages/overview";
import { Broken } from "./Broken";
import { Missing } from "./Missing";
import { Shell } from "./Shell";

export interface Crumb {
  text: string;
  href: string;
}

/** What a route tells the shell: where it stands, below the overview. */
export interface Handle {
  crumbs: (params: Params) => Crumb[];
}

function crumbs(make: (params: Record<string, string>) => Crumb[]): Handle {
  return { crumbs: (params) => make(params as Record<string, string>) };
}

const RUNS = { text: "Runs", href: "/runs" };
const LINEAGE = { text: "Lineage", href: "/lineage" };
const ENDPOINTS = { text: "Endpoints", href: "/endpoints" };
const problem = (name = "") => ({ text: name, href: `/problems/${name}` });

/** Each page is a chunk of its own that exports `Component` (react-router's convention); the first one comes with the rest. */
export const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <Broken />,
    hydrateFallbackElement: <Loading />,
    children: [
      {
        errorElement: <Broken />,
        children: [
          { path: "/", Component: Overview, handle: crumbs(() => []) },
          { path: "/new", lazy: () => import("../pages/wizard"), handle: crumbs(() => [{ text: "New problem", href: "/new" }]) },
          { path: "/problems/:name", lazy: () => import("../pages/problem"), handle: crumbs(({ name }) => [problem(name)]) },
          {
            path: "/problems/:name/edit",
            lazy: () => import("../pages/edit"),
            handle: crumbs(({ name = "" }) => [problem(name), { text: "Problem file", href: `/problems/${name}/edit` }]),
          },
          { path: "/runs", lazy: () => import("../pages/runs"), handle: crumbs(() => [RUNS]) },
          { path: "/runs/:id", lazy: () => import("../pages/run"), handle: crumbs(({ id = "" }) => [RUNS, { text: id, href: `/runs/${id}` }]) },
          { path: "/compare", lazy: () => import("../pages/compare"), handle: crumbs(() => [RUNS, { text: "Compare", href: "/compare" }]) },
          {
            path: "/models/:problem",
            lazy: () => import("../pages/models"),
            handle: crumbs(({ problem: name = "" }) => [problem(name), { text: "Models", href: `/models/${name}` }]),
          },
          {
            path: "/models/:problem/:version",
            lazy: () => import("../pages/model"),
            handle: crumbs(({ problem: name = "", version = "" }) => [
              problem(name),
              { text: "Models", href: `/models/${name}` },
              { text: version, href: `/models/${name}/${version}` },
            ]),
          },
          { path: "/endpoints", lazy: () => import("../pages/endpoints"), handle: crumbs(() => [ENDPOINTS]) },
          {
            path: "/endpoints/:name",
            lazy: () => import("../pages/endpoint"),
            handle: crumbs(({ name = "" }) => [ENDPOINTS, { text: name, href: `/endpoints/${name}` }]),
          },
          {
            path: "/monitoring/:endpoint",
            lazy: () => import("../pages/monitoring"),
            handle: crumbs(({ endpoint: name = "" }) => [
              ENDPOINTS,
              { text: name, href: `/endpoints/${name}` },
              { text: "Monitoring", href: `/monitoring/${name}` },
            ]),
          },
          { path: "/alerts", lazy: () => import("../pages/alerts"), handle: crumbs(() => [{ text: "Alerts", href: "/alerts" }]) },
          { path: "/lineage", lazy: () => import("../pages/lineage"), handle: crumbs(() => [LINEAGE]) },
          {
            path: "/lineage/:id",
            lazy: () => import("../pages/lineage"),
            handle: crumbs(({ id = "" }) => [LINEAGE, { text: id, href: `/lineage/${id}` }]),
          },
          { path: "*", element: <Missing />, handle: crumbs(() => []) },
        ],
      },
    ],
  },
]);
