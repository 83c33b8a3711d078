import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { ComponentProps, ReactElement } from "react";

const useStyles = makeStyles({
  column: {
    display: "flex",
    flexDirection: "column",
    "> button": { alignSelf: "start" },
  },
  M: { maxWidth: "820px" },
  L: { maxWidth: "960px" },
  row: { display: "flex", flexWrap: "wrap" },
});
const useColumnGaps = makeStyles({
  XS: { gap: tokens.spacingVerticalXS },
  S: { gap: tokens.spacingVerticalS },
  M: { gap: tokens.spacingVerticalM },
  L: { gap: tokens.spacingVerticalL },
  XL: { gap: tokens.spacingVerticalXL },
  XXL: { gap: tokens.spacingVerticalXXL },
});
const useRowGaps = makeStyles({
  S: { gap: tokens.spacingHorizontalS },
  M: { gap: tokens.spacingHorizontalM },
});

/** Parts one below the other; a button is as wide as its text. */
export function Stack({
  gap,
  width,
  className,
  ...div
}: ComponentProps<"div"> & {
  readonly gap: "XS" | "S" | "M" | "L" | "XL" | "XXL";
  /** At most; absent: as wide as the page. */
  readonly width?: "M" | "L";
}): ReactElement {
  const styles = useStyles();
  return (
    <div
      {...div}
      className={mergeClasses(
        styles.column,
        useColumnGaps()[gap],
        width && styles[width],
        className,
      )}
    />
  );
}

/** Controls side by side; on a narrow screen they wrap. */
export function Row({
  gap = "S",
  className,
  ...div
}: ComponentProps<"div"> & { readonly gap?: "S" | "M" }): ReactElement {
  const styles = useStyles();
  return <div {...div} className={mergeClasses(styles.row, useRowGaps()[gap], className)} />;
}
