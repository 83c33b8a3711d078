import { makeStyles, tokens } from "@fluentui/react-components";
import { type ReactElement, type ReactNode, useLayoutEffect, useRef } from "react";

import { useTexts } from "../texts/texts.ts";
import { HiddenText } from "./hidden-text.tsx";

const useStyles = makeStyles({
  fields: {
    display: "contents",
    "&[disabled] :is(input, textarea, button)": {
      color: tokens.colorNeutralForegroundDisabled,
      cursor: "not-allowed",
    },
  },
});

/**
 * The fields of a form. While their values are saved, they are disabled: an edit would look saved,
 * or begin a second save. The focus waits outside of them and then returns.
 */
export function FormFields({
  isSaving,
  children,
}: {
  readonly isSaving: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const fields = useRef<HTMLFieldSetElement>(null);
  const status = useRef<HTMLSpanElement>(null);
  const edited = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const { activeElement } = document;
    if (!isSaving) {
      if (activeElement === status.current) edited.current?.focus();
    } else if (activeElement instanceof HTMLElement && fields.current?.contains(activeElement)) {
      edited.current = activeElement;
      status.current?.focus({ preventScroll: true });
    }
  }, [isSaving]);
  return (
    <>
      <fieldset ref={fields} disabled={isSaving} className={styles.fields}>
        {children}
      </fieldset>
      <HiddenText
        ref={status}
        role="status"
        tabIndex={-1}
        text={isSaving ? texts.encryption.saving : ""}
      />
    </>
  );
}
