/** What went wrong, in words: what, where, found, and what to do about it. */
import type { Fault } from "../client/schema";

type Told = Partial<Fault>;

/** An answer of the API that is an error (application/problem+json), or none at all (status 0). */
export class ApiError extends Error {
  readonly fault: Told;
  readonly status: number;

  constructor(fault: Told, status: number) {
    super(fault.detail || fault.title || `The server answered ${status}.`);
    this.fault = fault;
    this.status = status;
  }
}

export interface Explained {
  title: string;
  /** One sentence each; "" where there is nothing to say. */
  what: string;
  where: string;
  found: string;
  fix: string;
  retryable: boolean;
}

export function explain(error: unknown): Explained {
  if (error instanceof ApiError) return explainFault(error);
  const what = error instanceof Error ? error.message : String(error);
  return { title: "The page made a mistake", what, where: "", found: "", fix: "Load the page again.", retryable: true };
}

function explainFault({ fault, status, message }: ApiError): Explained {
  return {
    title: fault.title || TITLES[status] || "It did not work",
    what: message,
    where: fault.where ?? "",
    found: fault.found ?? "",
    fix: fault.fix || FIXES[status] || (status >= 500 ? "Try again; the server's log says more." : ""),
    retryable: fault.retryable ?? (status === 0 || status >= 500),
  };
}

const TITLES: Record<number, string> = {
  0: "The server cannot be reached",
  401: "Sign in first",
  403: "Not allowed",
  404: "Not found",
  409: "Somebody else changed this meanwhile",
  413: "Too large",
};

const FIXES: Record<number, string> = {
  0: "Check that “mlcl up” is running; the page connects again by itself.",
  401: "Show a token: “mlcl token create NAME” makes one.",
  404: "It may have been removed, or the address has a typing error.",
  409: "Look at the change, then decide again.",
};

export async function toError(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    return new ApiError(JSON.parse(text) as Told, response.status);
  } catch {
    return new ApiError({}, response.status);
  }
}

export function unreachable(): ApiError {
  return new ApiError({ detail: "No answer came." }, 0);
}
