import { lazy, Suspense } from "react";
import { api } from "../../client/api";
import { Asked } from "../Asked";
import { Loading } from "../Loading";
import type { TomlEditorProps } from "./TomlEditor";

const TomlEditor = lazy(() => import("./TomlEditor"));

/** A problem file to be edited, with completion from its JSON Schema. Loaded when it is needed. */
export function Editor(props: Omit<TomlEditorProps, "schema">) {
  const schema = api.useQuery("get", "/api/v1/problem-schema", {}, { staleTime: Infinity });
  return (
    <Asked of={schema} what="Loading the editor">
      {(found) => (
        <Suspense fallback={<Loading what="Loading the editor" />}>
          <TomlEditor {...props} schema={found.json_schema} />
        </Suspense>
      )}
    </Asked>
  );
}
