import { Notice } from "@databox-cmk/ui";
import { makeStyles } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { useTexts } from "../texts/texts.ts";
import { type OrderAction, useMay } from "./use-may.ts";

const useStyles = makeStyles({
  fields: {
    display: "contents",
    // They would look as if they could be pressed; a button with a role shows a value.
    "&:disabled button:not([role])": { display: "none" },
  },
});

/** Says why there is nothing to press. */
export function ReadOnlyNotice(): ReactElement {
  const texts = useTexts();
  return <Notice intent="info">{texts.order.readOnly}</Notice>;
}

/** A form, which takes no values from a reader whose roles do not allow the action. */
export function EditableBy({
  action,
  children,
}: {
  readonly action: OrderAction;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const isReadOnly = useMay(action) === false;
  return (
    <>
      {isReadOnly && <ReadOnlyNotice />}
      <fieldset disabled={isReadOnly} className={styles.fields}>
        {children}
      </fieldset>
    </>
  );
}

/** A command that only those see whose roles allow it. */
export function OfferedTo({
  action,
  children,
}: {
  readonly action: OrderAction;
  readonly children: ReactNode;
}): ReactNode {
  return useMay(action) === false ? null : children;
}
