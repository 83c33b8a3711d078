import { makeStyles, tokens } from "@fluentui/react-components";
import type { FormEvent, ReactElement, ReactNode } from "react";

const useStyles = makeStyles({
  way: {
    display: "flex",
    flexDirection: "column",
    alignItems: "stretch",
    gap: tokens.spacingVerticalM,
    "> button": { alignSelf: "start" },
  },
});

/** One way to open the volume, as a form. */
export function Way({
  onSubmit,
  children,
}: {
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  return (
    <form
      className={styles.way}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
