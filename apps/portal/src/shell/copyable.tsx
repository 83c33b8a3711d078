import { CopyButton } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

const useStyles = makeStyles({
  text: {
    display: "inline-flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalXS,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: "anywhere",
    minWidth: 0,
  },
});

/** An id or URL, with the button that copies it. */
export function Copyable({
  value,
  shown = value,
  what,
}: {
  readonly value: string;
  /** If the whole text is too long to read. */
  readonly shown?: string;
  readonly what: string;
}): ReactElement {
  const styles = useStyles();
  return (
    <span className={styles.text}>
      {shown}
      <CopyButton value={value} what={what} />
    </span>
  );
}
