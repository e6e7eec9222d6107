/** Where things are shown. */
import type { Phase, ProblemCard } from "../client/schema";

const part = encodeURIComponent;

export const problemPage = (name: string) => `/problems/${part(name)}`;
export const editPage = (name: string) => `${problemPage(name)}/edit`;
export const runPage = (id: string) => `/runs/${part(id)}`;
export const runsPage = (problem: string) => `/runs?problem=${part(problem)}`;
export const comparePage = (ids: readonly string[]) => `/compare?ids=${ids.map(part).join(",")}`;
export const modelsPage = (problem: string) => `/models/${part(problem)}`;
export const modelPage = (problem: string, version: number | string) => `${modelsPage(problem)}/${part(String(version))}`;
export const endpointPage = (name: string) => `/endpoints/${part(name)}`;
export const monitoringPage = (endpoint: string) => `/monitoring/${part(endpoint)}`;
export const lineagePage = (prediction: string) => `/lineage/${part(prediction)}`;
export const alertsPage = (endpoint: string) => `/alerts?endpoint=${part(endpoint)}`;

/** Where a phase of a problem's life cycle is shown in full. */
export function phasePage(card: ProblemCard, phase: Phase["name"]): string | undefined {
  const run = card.latest_run ? runPage(card.latest_run.id) : undefined;
  const endpoint = card.endpoint?.name;
  switch (phase) {
    case "frame":
      return problemPage(card.name);
    case "data":
    case "train":
    case "evaluate":
      return run;
    case "deploy":
    case "predict":
      return endpoint && endpointPage(endpoint);
    case "monitor":
      return endpoint && monitoringPage(endpoint);
    case "retrain":
      return card.models > 0 ? modelsPage(card.name) : undefined;
  }
}
