import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { CopyButton } from "../copy-button.tsx";
import { useUiTexts } from "../texts/ui-texts-context.ts";
import { FailureText } from "./failure-text.tsx";

const useStyles = makeStyles({
  steps: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXXL },
  step: { marginBlockEnd: tokens.spacingVerticalS },
  command: {
    display: "flex",
    alignItems: "start",
    gap: tokens.spacingHorizontalXS,
    backgroundColor: tokens.colorNeutralBackground3,
    color: tokens.colorNeutralForeground1,
    borderRadius: tokens.borderRadiusMedium,
    padding: tokens.spacingHorizontalXS,
    marginBlockStart: tokens.spacingVerticalXS,
    maxWidth: "100%",
  },
  code: {
    flexGrow: 1,
    minWidth: 0,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    paddingBlock: tokens.spacingVerticalXXS,
  },
});

/**
 * Steps of the table of codes in order, each command with a button that copies it.
 *
 * @param isTranslated - they are a page's own steps, in the reader's language
 * @param controlOf - the page's own control for a command, which then need not be typed
 */
export function StepList({
  steps,
  isTranslated = false,
  controlOf,
}: {
  readonly steps: readonly { readonly text: string; readonly command?: string | undefined }[];
  readonly isTranslated?: boolean;
  readonly controlOf?: ((command: string) => ReactNode) | undefined;
}): ReactElement {
  const styles = useStyles();
  const texts = useUiTexts();
  return (
    <div>
      <Text weight="semibold" block>
        {texts.explanation.whatToDo}
      </Text>
      <ol className={styles.steps}>
        {steps.map(({ text, command }) => (
          <li key={`${text} ${command ?? ""}`} className={styles.step}>
            {isTranslated ? text : <FailureText text={text} />}
            {command !== undefined &&
              (controlOf?.(command) ?? (
                <div className={styles.command}>
                  <code lang="en" className={styles.code}>
                    {command}
                  </code>
                  <CopyButton value={command} what={command} />
                </div>
              ))}
          </li>
        ))}
      </ol>
    </div>
  );
}
