import { Button } from "@fluentui/react-components";
import { useBlocker } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { AlertDialog } from "./alert-dialog.tsx";

/**
 * Asks before a page with unsaved changes is left: by its menu, a link, the browser's back button. When the tab is closed
 * or loaded again, the browser asks in its own words.
 */
export function UnsavedGuard({ isDirty }: { readonly isDirty: boolean }): ReactElement | null {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return <LeaveDialog onLeave={blocker.proceed} onStay={blocker.reset} />;
}

export function LeaveDialog({
  onLeave,
  onStay,
}: {
  readonly onLeave: () => void;
  readonly onStay: () => void;
}): ReactElement {
  const texts = useTexts().shell.unsaved;
  return (
    <AlertDialog title={texts.title} text={texts.text} onDismiss={onStay}>
      <Button appearance="primary" onClick={onStay}>
        {texts.stay}
      </Button>
      <Button onClick={onLeave}>{texts.leave}</Button>
    </AlertDialog>
  );
}
