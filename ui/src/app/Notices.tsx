import Button from "@cloudscape-design/components/button";
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { connection } from "../lib/live";
import { dismiss, notices, type Notice } from "../lib/notices";
import { useStore } from "../lib/store";

const LOST: FlashbarProps.MessageDefinition = {
  id: "connection",
  type: "warning",
  header: "Connection lost",
  content: "The server does not answer. What you see may be old. Nothing is lost: runs go on by themselves, and this page connects again.",
};

/** What the page says of itself, and whether it still hears the server. */
export function Notices() {
  const shown = useStore(notices).map(item);
  const lost = useStore(connection) === "lost";
  return <Flashbar items={lost ? [LOST, ...shown] : shown} />;
}

function item({ id, type, header, content, href, link }: Notice): FlashbarProps.MessageDefinition {
  return {
    id,
    type,
    header,
    content,
    action: href ? <Button href={href}>{link ?? "Show"}</Button> : undefined,
    dismissible: true,
    dismissLabel: "Dismiss",
    onDismiss: () => dismiss(id),
    ariaRole: type === "error" ? "alert" : "status",
  };
}
