import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useReturnFocus } from "../focus/use-return-focus.ts";
import { useTexts } from "../texts/texts.ts";

/** Shown before the first switch to a customer's key, which cannot be undone. */
export function OneWayDialog({
  onConfirm,
  onClose,
}: {
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  useReturnFocus();
  return (
    <Dialog
      open
      modalType="alert"
      onOpenChange={(_event, { open }) => {
        if (!open) onClose();
      }}
    >
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{texts.encryption.oneWay.title}</DialogTitle>
          <DialogContent>{texts.encryption.oneWay.text}</DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onConfirm}>
              {texts.encryption.oneWay.confirm}
            </Button>
            <Button onClick={onClose}>{texts.encryption.cancel}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
