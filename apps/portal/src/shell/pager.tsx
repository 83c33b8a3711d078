import { useMediaQuery } from "@databox-cmk/ui";
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
  button: { flexShrink: 0, whiteSpace: "nowrap" },
});

/**
 * Pages through a list that knows only its next page.
 *
 * @param positions - of the pages so far, except the first
 * @param page - number of the shown page, if pages before it were not passed
 * @param next - position of the next page; undefined on the last one, and while it is not known
 */
export function Pager({
  shown,
  positions,
  page = positions.length + 1,
  next,
  onMove,
}: {
  readonly shown: string;
  readonly positions: readonly string[];
  readonly page?: number | undefined;
  readonly next: string | undefined;
  readonly onMove: (positions: readonly string[]) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().orders;
  const hasRoom = useMediaQuery("(min-width: 480px)");
  const isPreviousKnown = positions.length !== 1 || page === 2;
  const previous = isPreviousKnown ? texts.previousPage : texts.firstPage;
  return (
    <div className={styles.paging}>
      <Text className={styles.shown} role="status">
        {shown}
      </Text>
      <Button
        className={styles.button}
        icon={<ChevronLeftRegular />}
        aria-label={previous}
        // Focusable all the while: the next page must not take the focus from who goes through the list.
        disabledFocusable={positions.length === 0}
        onClick={() => {
          onMove(positions.slice(0, -1));
        }}
      >
        {hasRoom && previous}
      </Button>
      <Text>{texts.page(page)}</Text>
      <Button
        className={styles.button}
        icon={<ChevronRightRegular />}
        iconPosition="after"
        aria-label={texts.nextPage}
        disabledFocusable={next === undefined}
        onClick={() => {
          if (next !== undefined) onMove([...positions, next]);
        }}
      >
        {hasRoom && texts.nextPage}
      </Button>
    </div>
  );
}
