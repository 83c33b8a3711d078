import { makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { useUiTexts } from "./texts/ui-texts-context.ts";

const useStyles = makeStyles({
  empty: {
    display: "flex",
    flexDirection: "column",
    alignItems: "center",
    gap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalL}`,
    textAlign: "center",
  },
  icon: { fontSize: "48px", color: tokens.colorNeutralForeground3 },
  loading: { padding: tokens.spacingVerticalXXL },
});

/** An empty page, with its next step. */
export function EmptyState({
  icon,
  title,
  heading = "h2",
  children,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  /** `h1` if it is the whole page. */
  readonly heading?: "h1" | "h2";
  readonly children?: ReactNode;
}): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.empty}>
      <span className={styles.icon} aria-hidden>
        {icon}
      </span>
      <Text as={heading} size={500} weight="semibold">
        {title}
      </Text>
      {children}
    </div>
  );
}

export function LoadingState(): ReactElement {
  const styles = useStyles();
  const texts = useUiTexts();
  return <Spinner className={styles.loading} label={texts.loading} />;
}
