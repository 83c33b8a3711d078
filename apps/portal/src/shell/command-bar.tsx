import { RULE_BELOW } from "@databox-cmk/ui";
import { makeStyles, Toolbar, ToolbarButton } from "@fluentui/react-components";
import { ArrowClockwiseRegular } from "@fluentui/react-icons";
import type { ReactElement, ReactNode } from "react";

import { useTexts } from "../texts/texts.ts";
import { ON_NARROW } from "./breakpoints.ts";

const useStyles = makeStyles({
  bar: {
    paddingInline: 0,
    flexWrap: "wrap",
    ...RULE_BELOW,
    // A command that is not possible now takes no row of a narrow screen.
    "& > button:disabled": { [ON_NARROW]: { display: "none" } },
  },
});

/** The commands of a page. */
export function CommandBar({ children }: { readonly children: ReactNode }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().orders;
  return (
    <Toolbar className={styles.bar} aria-label={texts.commands}>
      {children}
    </Toolbar>
  );
}

/** A query, or several, that can be read again. */
export type Refreshable = { readonly isFetching: boolean; readonly refetch: () => unknown };

/** The command that reads a page's data again. */
export function RefreshButton({
  of: { isFetching, refetch },
}: {
  readonly of: Refreshable;
}): ReactElement {
  const texts = useTexts().orders;
  return (
    <ToolbarButton
      icon={<ArrowClockwiseRegular />}
      disabledFocusable={isFetching}
      onClick={() => void refetch()}
    >
      {texts.refresh}
    </ToolbarButton>
  );
}
