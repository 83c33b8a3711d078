import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { useReturnFocus } from "../focus/focus.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  content: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    // In a low window it scrolls: a part that shrinks would be covered by the next one.
    "& > *": { flexShrink: 0 },
  },
  danger: {
    backgroundColor: tokens.colorStatusDangerBackground3,
    color: tokens.colorNeutralForegroundOnBrand,
    ":hover": {
      backgroundColor: tokens.colorStatusDangerBackground3Hover,
      color: tokens.colorNeutralForegroundOnBrand,
    },
    ":hover:active": {
      backgroundColor: tokens.colorStatusDangerBackground3Pressed,
      color: tokens.colorNeutralForegroundOnBrand,
    },
  },
});

/** An open dialog with fields; its confirm button works once their values are valid. */
export function FormDialog({
  title,
  confirm,
  isReady,
  modalType = "alert",
  isDanger = false,
  onConfirm,
  onClose,
  children,
}: {
  readonly title: string;
  /** Label of the confirm button. */
  readonly confirm: string;
  readonly isReady: boolean;
  /** An alert dialog, for an action that is hard to undo. */
  readonly modalType?: "modal" | "alert";
  /** The action affects appliances in the field; its button shows that. */
  readonly isDanger?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  useReturnFocus();
  return (
    <Dialog
      open
      modalType={modalType}
      onOpenChange={(_event, { open }) => {
        if (!open) onClose();
      }}
    >
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) onConfirm();
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={styles.content}>{children}</DialogContent>
            <DialogActions>
              <Button
                type="submit"
                disabled={!isReady}
                appearance={isDanger ? undefined : "primary"}
                className={isDanger && isReady ? styles.danger : undefined}
              >
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
