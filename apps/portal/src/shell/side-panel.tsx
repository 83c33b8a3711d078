import {
  Button,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  tokens,
} from "@fluentui/react-components";
import { ArrowLeftRegular, DismissRegular } from "@fluentui/react-icons";
import { type ReactElement, type ReactNode, useState } from "react";

import { useReturnFocus } from "../focus/focus.ts";
import { useTexts } from "../texts/texts.ts";
import { FormFields } from "./form-fields.tsx";
import { LeaveDialog, type LeaveWords } from "./unsaved-guard.tsx";

const useStyles = makeStyles({
  panel: { width: "min(100vw, 560px)" },
  body: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    paddingBlockEnd: tokens.spacingVerticalL,
    // In a low window it scrolls: a part that shrinks would be covered by the next one.
    "& > *, & > fieldset > *": { flexShrink: 0 },
  },
  footer: {
    borderBlockStartWidth: "1px",
    borderBlockStartStyle: "solid",
    borderBlockStartColor: tokens.colorNeutralStroke2,
    paddingBlock: tokens.spacingVerticalM,
    flexWrap: "wrap",
  },
});

/** A panel at the side of the page, as in the Azure portal, for the parts of a form. */
export function SidePanel({
  title,
  children,
  confirm,
  footer,
  isDirty = false,
  isSaving = false,
  leaveWords,
  backKeeps = false,
  onBack,
  onClose,
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** The main button of the panel, disabled while its values are not valid or are being saved. */
  readonly confirm?: {
    readonly label: string;
    readonly isReady: boolean;
    readonly isBusy?: boolean;
    readonly onConfirm: () => void;
  };
  /** The other buttons; absent: one that closes the panel. */
  readonly footer?: ReactNode;
  /** Closing would lose input, so the reader is asked first. */
  readonly isDirty?: boolean;
  /** The values of its fields are being saved. */
  readonly isSaving?: boolean;
  /** The question to the reader, if it is not about unsaved input. */
  readonly leaveWords?: LeaveWords | undefined;
  /** Going back loses nothing. */
  readonly backKeeps?: boolean;
  /** Returns to the panel that opened this one, as Escape does. */
  readonly onBack?: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  useReturnFocus();
  const [leaving, setLeaving] = useState<() => void>();
  const leave = (action: () => void, keeps = false) => {
    if (isDirty && !keeps) setLeaving(() => action);
    else action();
  };
  const close = () => leave(onClose);
  const back = () => {
    if (onBack !== undefined) leave(onBack, backKeeps);
  };
  return (
    <OverlayDrawer
      open
      position="end"
      className={styles.panel}
      aria-label={title}
      onOpenChange={(_event, { open, type }) => {
        if (open || leaving !== undefined) return;
        if (onBack !== undefined && type === "escapeKeyDown") back();
        else close();
      }}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          heading={{ as: "h2" }}
          action={
            <Button
              appearance="subtle"
              aria-label={texts.ui.close}
              icon={<DismissRegular />}
              onClick={close}
            />
          }
        >
          {onBack !== undefined && (
            <Button
              appearance="subtle"
              aria-label={texts.encryption.back}
              icon={<ArrowLeftRegular />}
              onClick={back}
            />
          )}
          {title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody className={styles.body}>
        <FormFields isSaving={isSaving}>{children}</FormFields>
      </DrawerBody>
      <DrawerFooter className={styles.footer}>
        {confirm !== undefined && (
          <Button
            appearance="primary"
            disabled={!confirm.isReady}
            disabledFocusable={confirm.isBusy ?? isSaving}
            onClick={confirm.onConfirm}
          >
            {confirm.label}
          </Button>
        )}
        {footer === undefined ? <Button onClick={close}>{texts.ui.close}</Button> : footer}
      </DrawerFooter>
      {leaving !== undefined && (
        <LeaveDialog
          isSaving={isSaving}
          words={leaveWords}
          onLeave={leaving}
          onStay={() => setLeaving(undefined)}
        />
      )}
    </OverlayDrawer>
  );
}
