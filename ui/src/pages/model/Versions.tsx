import type { Model } from "../../client/schema";
import { ModelTable } from "../models/ModelTable";

export default function Versions({ model }: { model: Model }) {
  return <ModelTable problem={model.problem} />;
}
