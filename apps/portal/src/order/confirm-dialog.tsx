import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
});

/**
 * Asks before something that is not easily undone.
 *
 * @param expected - what must be typed to go on; without it any text, such as a reason.
 */
export function ConfirmDialog({
  title,
  text,
  label,
  expected,
  confirm,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly expected?: string;
  readonly confirm: string;
  readonly onConfirm: (typed: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const [typed, setTyped] = useState("");
  const isReady = expected === undefined ? typed.trim() !== "" : typed === expected;
  return (
    <Dialog
      open
      modalType="alert"
      onOpenChange={(_event, { open }) => {
        if (!open) onClose();
      }}
    >
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!isReady) return;
            onConfirm(typed.trim());
            onClose();
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={styles.content}>
              {text}
              <Field label={label} required>
                <Input
                  value={typed}
                  autoComplete="off"
                  onChange={(_event, data) => {
                    setTyped(data.value);
                  }}
                />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabled={!isReady}>
                {confirm}
              </Button>
              <Button onClick={onClose}>{texts.ui.close}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
