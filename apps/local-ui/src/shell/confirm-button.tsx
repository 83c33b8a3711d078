import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
} from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

/** A button that asks for confirmation before an action that is hard to undo. */
export function ConfirmButton({
  icon,
  words,
  disabled = false,
  onConfirm,
}: {
  readonly icon: ReactElement;
  readonly words: {
    readonly button: string;
    readonly title: string;
    readonly text: string;
    readonly confirm: string;
  };
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}): ReactElement {
  const texts = useTexts();
  return (
    <Dialog modalType="alert">
      <DialogTrigger disableButtonEnhancement>
        <Button size="large" icon={icon} disabledFocusable={disabled}>
          {words.button}
        </Button>
      </DialogTrigger>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{words.title}</DialogTitle>
          <DialogContent>{words.text}</DialogContent>
          <DialogActions>
            <DialogTrigger disableButtonEnhancement>
              <Button appearance="primary" size="large" onClick={onConfirm}>
                {words.confirm}
              </Button>
            </DialogTrigger>
            <DialogTrigger disableButtonEnhancement>
              <Button size="large">{texts.commands.cancel}</Button>
            </DialogTrigger>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
