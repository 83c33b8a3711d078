import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { type ReactElement, type ReactNode, useEffect } from "react";

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

/** Title and body of a page. */
export function Page({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
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
