/** What changes something: asks the API, says what came of it, and has the page look again. */
import { useMutation } from "@tanstack/react-query";
import { notify, notifyError, type Notice } from "./notices";
import { refresh } from "./queries";

export interface Change<Input, Output> {
  /** Paths of the API that answer differently afterwards ("/api/v1/runs"). */
  touches: readonly string[];
  /** The notice of success; none: the page shows it otherwise. */
  done?: (output: Output, input: Input) => Omit<Notice, "id" | "type">;
  /** What to do after success. */
  then?: (output: Output, input: Input) => void;
  /** The caller shows errors itself. */
  quiet?: boolean;
}

/** useChange((name: string) => client.POST(...), {touches: [...]}): mutate(input), isPending, error. */
export function useChange<Input, Output>(
  call: (input: Input) => Promise<{ data?: Output }>,
  { touches, done, then, quiet = false }: Change<Input, Output>,
) {
  return useMutation<Output, Error, Input>({
    // `send` throws on every error, so an answer without data has none.
    mutationFn: async (input) => (await call(input)).data as Output,
    onSuccess: (output, input) => {
      void refresh(touches);
      if (done) notify({ type: "success", ...done(output, input) });
      then?.(output, input);
    },
    onError: (error) => {
      if (!quiet) notifyError(error);
    },
  });
}
