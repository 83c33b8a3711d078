import type { PreparedNode } from "@databox-cmk/protocol";
import { CopyButton, Facts, Notice, Stack, Time } from "@databox-cmk/ui";
import { Button, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { AlertDialog } from "../../shell/alert-dialog.tsx";
import { useTexts } from "../../texts/texts.ts";

const useStyles = makeStyles({
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
    <AlertDialog
      title={words.title}
      text={
        <Stack gap="M">
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
        </Stack>
      }
      // The codes are shown once: Escape does not close them.
      onDismiss={() => undefined}
    >
      <Button appearance="primary" onClick={onClose}>
        {words.noted}
      </Button>
    </AlertDialog>
  );
}
