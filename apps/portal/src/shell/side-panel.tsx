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
import type { ReactElement, ReactNode } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  panel: { width: "min(100vw, 560px)" },
  body: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    paddingBlockEnd: tokens.spacingVerticalL,
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
  footer,
  onBack,
  onClose,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly footer: ReactNode;
  /** Returns to the panel that opened this one. */
  readonly onBack?: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  return (
    <OverlayDrawer
      open
      position="end"
      className={styles.panel}
      aria-label={title}
      onOpenChange={(_event, { open }) => {
        if (!open) onClose();
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
              onClick={onClose}
            />
          }
        >
          {onBack !== undefined && (
            <Button
              appearance="subtle"
              aria-label={texts.encryption.back}
              icon={<ArrowLeftRegular />}
              onClick={onBack}
            />
          )}
          {title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody className={styles.body}>{children}</DrawerBody>
      <DrawerFooter className={styles.footer}>{footer}</DrawerFooter>
    </OverlayDrawer>
  );
}
