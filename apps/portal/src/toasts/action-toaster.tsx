import { Toaster } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { useTexts } from "../texts/texts.ts";

export const TOASTER_ID = "actions";

/** Long enough for two sentences; the pointer on a toast stops the clock. */
const SHOWN_MS = 8000;
const MAX_TOASTS = 4;

/**
 * Shows the results of actions below the top bar, in a landmark of their own, and announces them to
 * screen readers.
 */
export function ActionToaster(): ReactElement {
  const texts = useTexts();
  const [landmark, setLandmark] = useState<HTMLElement | null>(null);
  return (
    <section ref={setLandmark} aria-label={texts.toasts.title}>
      <Toaster
        toasterId={TOASTER_ID}
        mountNode={landmark}
        position="top-end"
        offset={{ vertical: 48, horizontal: 12 }}
        limit={MAX_TOASTS}
        timeout={SHOWN_MS}
      />
    </section>
  );
}
