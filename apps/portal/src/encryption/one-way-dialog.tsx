import { Button } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { AlertDialog } from "../shell/alert-dialog.tsx";
import { useTexts } from "../texts/texts.ts";

/** Shown before the first switch to a customer's key, which cannot be undone. */
export function OneWayDialog({
  onConfirm,
  onClose,
}: {
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts().encryption;
  return (
    <AlertDialog title={texts.oneWay.title} text={texts.oneWay.text} onDismiss={onClose}>
      <Button appearance="primary" onClick={onConfirm}>
        {texts.oneWay.confirm}
      </Button>
      <Button onClick={onClose}>{texts.cancel}</Button>
    </AlertDialog>
  );
}
