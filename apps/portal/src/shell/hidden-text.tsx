import { makeStyles } from "@fluentui/react-components";
import type { ReactElement } from "react";

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

/** For screen readers: the meaning that others see from the position. */
export function HiddenText({ text }: { readonly text: string }): ReactElement {
  const styles = useStyles();
  return <span className={styles.hidden}>{text}</span>;
}
