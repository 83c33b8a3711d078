import { useMediaQuery } from "@databox-cmk/ui";
import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { ChevronLeftRegular, ChevronRightRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { skipTokenOf } from "../core/arm-path.ts";
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
 * Pages through a list that knows only its next page. A list without a number to show has a pager
 * only while it has another page.
 *
 * @param positions - of the pages so far, except the first
 * @param page - number of the shown page, if pages before it were not passed
 */
export function Pager({
  of: { data, isPlaceholderData },
  shown,
  positions,
  page = positions.length + 1,
  onMove,
}: {
  readonly of: {
    readonly data:
      | { readonly value: readonly unknown[]; readonly nextLink?: string | undefined }
      | undefined;
    readonly isPlaceholderData: boolean;
  };
  readonly shown?: string | undefined;
  readonly positions: readonly string[];
  readonly page?: number | undefined;
  readonly onMove: (positions: readonly string[]) => void;
}): ReactElement | null {
  const styles = useStyles();
  const texts = useTexts().orders;
  const hasRoom = useMediaQuery("(min-width: 480px)");
  const isPreviousKnown = positions.length !== 1 || page === 2;
  const previous = isPreviousKnown ? texts.previousPage : texts.firstPage;
  const following = skipTokenOf(data?.nextLink);
  const hasOtherPages = following !== undefined || positions.length > 0;
  if (data === undefined || (shown === undefined && !hasOtherPages)) return null;
  /** The next page of a list that is still loading is not known. */
  const next = isPlaceholderData ? undefined : following;
  return (
    <div className={styles.paging}>
      <Text className={styles.shown} role="status">
        {shown ?? texts.found(data.value.length, undefined)}
      </Text>
      <Button
        className={styles.button}
        icon={<ChevronLeftRegular />}
        aria-label={previous}
        // Focusable all the while: the next page must not take the focus from who goes through the
        // list.
        disabledFocusable={positions.length === 0}
        onClick={() => onMove(positions.slice(0, -1))}
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
