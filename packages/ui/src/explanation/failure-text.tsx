import { Fragment, type ReactElement } from "react";

import { useUiTexts } from "../texts/ui-texts-context.ts";

/**
 * A text of the table of codes, filled or not, in the reader's language. A text without translation
 * is marked as English, so that a screen reader pronounces it correctly.
 */
export function FailureText({ text }: { readonly text: string }): ReactElement {
  const { failureText } = useUiTexts();
  return (
    <>
      {failureText(text).map((part, index) =>
        part.lang === undefined ? (
          <Fragment key={index}>{part.text}</Fragment>
        ) : (
          <span key={index} lang={part.lang}>
            {part.text}
          </span>
        ),
      )}
    </>
  );
}
