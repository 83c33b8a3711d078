import { CopyButton, DownloadButton, QrPicture, Row, Section, Stack } from "@databox-cmk/ui";
import { Field, makeStyles, Text, Textarea, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { below, TABLET_PX } from "../shell/breakpoints.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  ways: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 420px) minmax(0, 1fr)",
    gap: tokens.spacingHorizontalXL,
    alignItems: "start",
    [below(TABLET_PX)]: { gridTemplateColumns: "minmax(0, 1fr)" },
  },
  mono: { fontFamily: tokens.fontFamilyMonospace },
  copy: { alignItems: "center" },
});

/** A message for the node in every form that can be carried: a code to scan, a file, a text. */
export function CarriedAnswer({
  title,
  hint,
  fileName,
  answer,
}: {
  readonly title: string;
  readonly hint: string;
  readonly fileName: string;
  readonly answer: string;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().unlock;
  return (
    <Section title={title}>
      <Text>{hint}</Text>
      <div className={styles.ways}>
        <QrPicture text={answer} label={texts.code} />
        <Stack gap="M">
          <Row className={styles.copy}>
            <DownloadButton
              label={texts.download}
              fileName={fileName}
              mediaType="text/plain"
              content={`${answer}\n`}
            />
            <CopyButton value={answer} what={texts.answer} />
          </Row>
          <Field label={texts.answer}>
            <Textarea
              value={answer}
              readOnly
              rows={10}
              spellCheck={false}
              textarea={{ className: styles.mono }}
            />
          </Field>
        </Stack>
      </div>
    </Section>
  );
}
