import { useRef, useState } from "react";
import { explain } from "./errors";
import { upload } from "./upload";

/** Sends a file as soon as it is chosen; another choice, or none, ends that. */
export function useUpload(onSource: (source: string) => void) {
  const [file, setFile] = useState<File>();
  const [sent, setSent] = useState(0);
  const [failure, setFailure] = useState<string>();
  const going = useRef<AbortController>(null);
  const take = (chosen: File | undefined) => {
    going.current?.abort();
    setFile(chosen);
    setSent(0);
    setFailure(chosen?.size === 0 ? "The file is empty." : undefined);
    onSource("");
    if (chosen && chosen.size > 0) void send(chosen);
  };
  const send = async (chosen: File) => {
    const control = new AbortController();
    going.current = control;
    try {
      const source = await upload(chosen, { progress: setSent, signal: control.signal });
      if (!control.signal.aborted) onSource(source);
    } catch (error) {
      const { what, fix } = explain(error);
      if (!control.signal.aborted) setFailure([what, fix].filter(Boolean).join(" "));
    }
  };
  return { file, sent, failure, take };
}
