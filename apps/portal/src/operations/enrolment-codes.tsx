import type { PreparedNode } from "@databox-cmk/protocol";
import { CopyButton, Facts, Time, Notice } from "@databox-cmk/ui";
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
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  code: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere" },
});

/** One-time codes by which nodes enrol. They are only shown here, once. */
export function EnrolmentCodes({
  codes,
  onClose,
}: {
  readonly codes: readonly PreparedNode[];
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.codes;
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{words.title}</DialogTitle>
          <DialogContent className={styles.content}>
            <Notice intent="warning">{words.once}</Notice>
            {codes.length === 0 && words.none}
            {codes.map(({ serial, enrolmentCode, expiresAt }) => (
              <Facts
                key={serial}
                columns={1}
                facts={[
                  [texts.order.serial, <span className={styles.code}>{serial}</span>],
                  [
                    words.code,
                    <>
                      <span className={styles.code}>{enrolmentCode}</span>
                      <CopyButton value={enrolmentCode} what={words.codeOf(serial)} />
                    </>,
                  ],
                  [words.expires, <Time at={expiresAt} />],
                ]}
              />
            ))}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {words.noted}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
