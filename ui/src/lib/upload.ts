/** Sends a file into the store in parts; a connection that drops costs at most one part. */
import { client } from "../client/api";
import type { Upload } from "../client/schema";
import { ApiError } from "./errors";

const ATTEMPTS = 8;

export interface UploadOptions {
  progress: (sent: number) => void;
  signal: AbortSignal;
  /** How long to wait before the n-th attempt, in ms. */
  pause?: (attempt: number) => number;
}

/** What to write as data.source when all of the file has arrived. Throws ApiError. */
export async function upload(file: File, { progress, signal, pause = doubling }: UploadOptions): Promise<string> {
  const { data } = await client.POST("/api/v1/uploads", { body: { name: file.name, size: file.size }, signal });
  if (!data) throw new ApiError({}, 500);
  let now = data;
  let failed = 0;
  while (now.state !== "done") {
    progress(now.offset);
    try {
      now = await sendPart(file, now, signal);
      failed = 0;
    } catch (error) {
      if (!retryable(error) || ++failed >= ATTEMPTS || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause(failed)));
      now = await whereNow(now, signal);
    }
  }
  progress(file.size);
  return now.source ?? "";
}

const doubling = (attempt: number) => Math.min(500 * 2 ** attempt, 10_000);

function retryable(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 409 || error.status >= 500);
}

async function sendPart(file: File, { id, offset, part }: Upload, signal: AbortSignal): Promise<Upload> {
  const { data } = await client.PATCH("/api/v1/uploads/{upload}", {
    params: { path: { upload: id }, query: { offset } },
    // The document calls the bytes a string.
    body: file.slice(offset, offset + part) as unknown as string,
    bodySerializer: (body: unknown) => body as Blob,
    headers: { "Content-Type": "application/octet-stream" },
    signal,
  });
  if (!data) throw new ApiError({}, 500);
  return data;
}

/** How much has arrived, as far as the server can be asked. */
async function whereNow(last: Upload, signal: AbortSignal): Promise<Upload> {
  try {
    const { data } = await client.GET("/api/v1/uploads/{upload}", { params: { path: { upload: last.id } }, signal });
    return data ?? last;
  } catch (error) {
    if (retryable(error)) return last;
    throw error;
  }
}
