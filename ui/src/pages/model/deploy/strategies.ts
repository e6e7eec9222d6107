/** How a new model can take over, in words. */
import type { Deploy } from "../../../client/schema";

export type Strategy = NonNullable<Deploy["strategy"]>;

export const STRATEGIES: readonly { value: Strategy; label: string; description: string }[] = [
  { value: "all-at-once", label: "All at once", description: "It answers every request from now on." },
  {
    value: "canary",
    label: "Canary",
    description: "It answers some of the requests first, and takes over, or goes, by itself once its errors and latency tell.",
  },
  {
    value: "shadow",
    label: "Shadow",
    description: "It sees every request, but its answers are only recorded: nobody notices until it is promoted.",
  },
  {
    value: "blue-green",
    label: "Blue-green",
    description: "It answers every request, and the model before stands by, ready to take over again at once.",
  },
];
