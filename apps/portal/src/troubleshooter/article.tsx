import { type ErrorCode, type ErrorRow, ERRORS, explain } from "@databox-cmk/errors";
import { CopyButton, Facts, FailureText, Section, StepList } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  article: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    overflowWrap: "anywhere",
  },
  code: { fontFamily: tokens.fontFamilyMonospace },
  reason: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    paddingInlineStart: tokens.spacingHorizontalM,
    borderInlineStartWidth: tokens.strokeWidthThick,
    borderInlineStartStyle: "solid",
    borderInlineStartColor: tokens.colorNeutralStroke1,
  },
});

/** One row of the table of codes. */
export function Article({ code }: { readonly code: ErrorCode }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const row: ErrorRow = ERRORS[code];
  const { steps } = explain(code);
  return (
    <article className={styles.article}>
      <Section title={<FailureText text={row.title} />}>
        <Text>
          <FailureText text={`${row.message}.`} />
        </Text>
        <Text>
          <FailureText text={row.why} />
        </Text>
        <Facts
          facts={[
            [
              texts.ui.explanation.code,
              <span className={styles.code}>
                {code}
                <CopyButton value={code} what={texts.ui.explanation.code} />
              </span>,
            ],
            [texts.ui.explanation.whoActs, texts.ui.who[row.who]],
            [texts.troubleshooter.class, texts.troubleshooter.classes[row.class]],
            [texts.ui.explanation.recoverableLabel, texts.ui.recoverable[row.recoverable]],
            [texts.troubleshooter.httpStatus, String(row.httpStatus)],
          ]}
        />
        <Text>
          <strong>{texts.troubleshooter.meanwhile}</strong> <FailureText text={row.meanwhile} />
        </Text>
        {steps.length > 0 && <StepList steps={steps} />}
      </Section>
      {Object.keys(row.reasons ?? {}).length > 0 && (
        <Section title={texts.troubleshooter.reasons}>
          {Object.keys(row.reasons ?? {}).map((reason) => (
            <Reason key={reason} code={code} reason={reason} />
          ))}
        </Section>
      )}
    </article>
  );
}

/** A finer cause of the same code, with its own steps. */
function Reason({
  code,
  reason,
}: {
  readonly code: ErrorCode;
  readonly reason: string;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { message, who, steps } = explain(code, { reason });
  return (
    <div className={styles.reason}>
      <Text as="h3" weight="semibold" className={styles.code}>
        {reason}
      </Text>
      <Text>
        <FailureText text={`${message}.`} />
      </Text>
      <Text>{`${texts.ui.explanation.whoActs}: ${texts.ui.who[who]}`}</Text>
      {steps.length > 0 && <StepList steps={steps} />}
    </div>
  );
}
