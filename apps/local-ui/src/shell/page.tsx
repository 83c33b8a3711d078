import { Card, makeStyles, Text, tokens } from "@fluentui/react-components";
import { type ReactElement, type ReactNode, useEffect, useId } from "react";

import { useNode } from "../state/node-context.ts";

const useStyles = makeStyles({
  page: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    maxWidth: "1080px",
    marginInline: "auto",
    paddingInline: tokens.spacingHorizontalL,
    paddingBlock: tokens.spacingVerticalL,
    "@media (max-width: 479px)": { paddingInline: tokens.spacingHorizontalM },
  },
});

type Titled = { readonly title: string; readonly children: ReactNode };

/** Title and body of a page. */
export function Page({ title, children }: Titled): ReactElement {
  const styles = useStyles();
  const { serial } = useNode().state.node;
  useEffect(() => {
    document.title = `${title} – ${serial}`;
  }, [title, serial]);
  return (
    <div className={styles.page}>
      <Text as="h1" size={600} weight="semibold" block>
        {title}
      </Text>
      {children}
    </div>
  );
}

const usePanelStyles = makeStyles({
  panel: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalL,
    minWidth: 0,
    "@media (max-width: 479px)": { padding: tokens.spacingHorizontalM },
  },
});

/** A titled card. */
export function Panel({ title, children }: Titled): ReactElement {
  const styles = usePanelStyles();
  const id = useId();
  return (
    <Card className={styles.panel} role="region" aria-labelledby={id}>
      <Text as="h2" id={id} size={400} weight="semibold">
        {title}
      </Text>
      {children}
    </Card>
  );
}

const useColumnStyles = makeStyles({
  columns: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 400px), 1fr))",
    alignItems: "start",
    gap: tokens.spacingHorizontalL,
  },
  column: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    minWidth: 0,
  },
});

/** Two columns; on a narrow screen the first above the second. */
export function Columns({
  first,
  second,
}: {
  readonly first: ReactNode;
  readonly second: ReactNode;
}): ReactElement {
  const styles = useColumnStyles();
  return (
    <div className={styles.columns}>
      <div className={styles.column}>{first}</div>
      <div className={styles.column}>{second}</div>
    </div>
  );
}
