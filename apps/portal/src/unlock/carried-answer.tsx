import { CopyButton, DownloadButton, QrPicture, Section } from "@databox-cmk/ui";
import { Field, makeStyles, Text, Textarea, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  ways: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 420px) minmax(0, 1fr)",
    gap: tokens.spacingHorizontalXL,
    alignItems: "start",
    "@media (max-width: 767px)": { gridTemplateColumns: "minmax(0, 1fr)" },
  },
  text: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  mono: { fontFamily: tokens.fontFamilyMonospace },
  copy: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, flexWrap: "wrap" },
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
        <div className={styles.text}>
          <div className={styles.copy}>
            <DownloadButton
              label={texts.download}
              fileName={fileName}
              mediaType="text/plain"
              content={`${answer}\n`}
            />
            <CopyButton value={answer} what={texts.answer} />
          </div>
          <Field label={texts.answer}>
            <Textarea
              value={answer}
              readOnly
              rows={10}
              spellCheck={false}
              textarea={{ className: styles.mono }}
            />
          </Field>
        </div>
      </div>
    </Section>
  );
}
