import { makeStyles } from "@fluentui/react-components";
import type { ComponentProps, ReactElement } from "react";

const useStyles = makeStyles({
  hidden: {
    position: "absolute",
    width: "1px",
    height: "1px",
    overflow: "hidden",
    clipPath: "inset(50%)",
    whiteSpace: "nowrap",
  },
});

/** A text for screen readers alone. */
export function HiddenText({
  text,
  ...span
}: Pick<ComponentProps<"span">, "ref" | "role" | "tabIndex"> & {
  readonly text: string;
}): ReactElement {
  const styles = useStyles();
  return (
    <span {...span} className={styles.hidden}>
      {text}
    </span>
  );
}
