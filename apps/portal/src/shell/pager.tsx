import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { ChevronLeftRegular, ChevronRightRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  paging: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    gap: tokens.spacingHorizontalS,
    paddingBlock: tokens.spacingVerticalM,
  },
  shown: { flexGrow: 1 },
});

/**
 * Pages through a list that knows only its next page.
 *
 * @param positions - of the pages so far, except the first
 * @param next - position of the next page; undefined on the last one, and while it is not known
 */
export function Pager({
  shown,
  positions,
  next,
  onMove,
}: {
  readonly shown: string;
  readonly positions: readonly string[];
  readonly next: string | undefined;
  readonly onMove: (positions: readonly string[]) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  return (
    <div className={styles.paging}>
      <Text className={styles.shown} role="status">
        {shown}
      </Text>
      <Button
        icon={<ChevronLeftRegular />}
        // Focusable all the while: the next page must not take the focus from who goes through the list.
        disabledFocusable={positions.length === 0}
        onClick={() => {
          onMove(positions.slice(0, -1));
        }}
      >
        {texts.orders.previousPage}
      </Button>
      <Text>{texts.orders.page(positions.length + 1)}</Text>
      <Button
        icon={<ChevronRightRegular />}
        iconPosition="after"
        disabledFocusable={next === undefined}
        onClick={() => {
          if (next !== undefined) onMove([...positions, next]);
        }}
      >
        {texts.orders.nextPage}
      </Button>
    </div>
  );
}
