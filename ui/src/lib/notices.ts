/** What the page says of itself at its top: "Saved", "It did not work because …". */
import { explain } from "./errors";
import { store } from "./store";

export interface Notice {
  id: string;
  type: "success" | "info" | "warning" | "error";
  header: string;
  content?: string;
  /** Where to see what came of it, and the words to click on. */
  href?: string;
  link?: string;
}

export const notices = store<readonly Notice[]>([]);
const MOST = 5;
let made = 0;

/** Shows a notice; successes go by themselves after some seconds. */
export function notify(notice: Omit<Notice, "id">): void {
  const id = `notice-${++made}`;
  notices.set([{ ...notice, id }, ...notices.get()].slice(0, MOST));
  if (notice.type === "success") setTimeout(() => dismiss(id), 8000);
}

export function notifyError(error: unknown): void {
  const { title, what, where, found, fix } = explain(error);
  const told = [what, where && `Where: ${where}.`, found && `Found: ${found}.`, fix];
  notify({ type: "error", header: title, content: told.filter(Boolean).join(" ") });
}

export function dismiss(id: string): void {
  notices.set(notices.get().filter((notice) => notice.id !== id));
}
