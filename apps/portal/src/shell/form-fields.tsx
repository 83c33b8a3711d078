import { makeStyles, tokens } from "@fluentui/react-components";
import { type ReactElement, type ReactNode, useLayoutEffect, useRef } from "react";

import { useTexts } from "../texts/texts.ts";
import { HiddenText } from "./hidden-text.tsx";

const useStyles = makeStyles({
  fields: {
    display: "contents",
    // Some controls are not of HTML, such as the arrow of a combobox.
    "&[disabled]": { pointerEvents: "none" },
    "&[disabled] :is(input, textarea, button)": { color: tokens.colorNeutralForegroundDisabled },
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
  const status = useRef<HTMLSpanElement>(null);
  /** The field that has the focus. A disabled one loses it before an effect can see it. */
  const edited = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const { activeElement, body } = document;
    const field = edited.current;
    if (isSaving) {
      const isHeld = activeElement === field || activeElement === body;
      if (field !== null && isHeld) status.current?.focus({ preventScroll: true });
      return;
    }
    edited.current = null;
    // A reader who has gone elsewhere meanwhile stays there.
    if (activeElement === status.current && field?.isConnected === true) field.focus();
  }, [isSaving]);
  return (
    <>
      <fieldset
        disabled={isSaving}
        className={styles.fields}
        onFocus={({ currentTarget, target }) => {
          // The events of a dialog that a field opens come here, too.
          if (currentTarget.contains(target)) edited.current = target;
        }}
        onBlur={() => {
          if (!isSaving) edited.current = null;
        }}
      >
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
