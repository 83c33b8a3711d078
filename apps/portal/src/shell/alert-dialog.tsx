import {
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { useReturnFocus } from "../focus/focus.ts";

/** A question that has to be answered before anything else; its children are the buttons. */
export function AlertDialog({
  title,
  text,
  onDismiss,
  children,
}: {
  readonly title: string;
  readonly text: ReactNode;
  /** The Escape key: the answer that changes nothing. */
  readonly onDismiss: () => void;
  readonly children: ReactNode;
}): ReactElement {
  useReturnFocus();
  return (
    <Dialog
      open
      modalType="alert"
      onOpenChange={(_event, { open }) => {
        if (!open) onDismiss();
      }}
    >
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>{text}</DialogContent>
          <DialogActions>{children}</DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
