import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { ErrorPanel } from "./ErrorPanel";

interface Props {
  title: string;
  /** The word on the button that does it. */
  act: string;
  onAct: () => void;
  onClose: () => void;
  pending: boolean;
  disabled?: boolean;
  error: unknown;
  children: ReactNode;
}

/** A dialog before something is changed; what went wrong stands in it. */
export function Ask({ title, act, onAct, onClose, pending, disabled = false, error, children }: Props) {
  return (
    <Modal
      visible
      onDismiss={onClose}
      closeAriaLabel="Close"
      header={title}
      footer={
        <Box float="right">
          <SpaceBetween size="xs" direction="horizontal">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={pending} disabled={disabled} onClick={onAct}>
              {act}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error ? <ErrorPanel error={error} /> : null}
        {children}
      </SpaceBetween>
    </Modal>
  );
}
