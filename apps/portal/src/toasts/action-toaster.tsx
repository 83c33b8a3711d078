import { makeStyles, Toaster } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { useTexts } from "../texts/texts.ts";

export const TOASTER_ID = "actions";

/** Long enough for two sentences; the pointer on a toast stops the clock. */
const SHOWN_MS = 8000;
const MAX_TOASTS = 4;

// Panels and dialogs have 1,000,000.
const useStyles = makeStyles({ above: { position: "relative", zIndex: 1_000_001 } });

/**
 * Shows the results of actions at the bottom, above panels and dialogs, in a landmark of their own
 * that a panel does not hide from screen readers.
 */
export function ActionToaster(): ReactElement {
  const texts = useTexts();
  const styles = useStyles();
  const [landmark, setLandmark] = useState<HTMLElement | null>(null);
  return (
    <section
      ref={setLandmark}
      aria-label={texts.toasts.title}
      className={styles.above}
      data-tabster-never-hide=""
    >
      <Toaster
        toasterId={TOASTER_ID}
        mountNode={landmark}
        position="bottom-end"
        offset={{ vertical: 12, horizontal: 12 }}
        limit={MAX_TOASTS}
        timeout={SHOWN_MS}
      />
    </section>
  );
}
