import { Button } from "@fluentui/react-components";
import { useBlocker } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { type Texts, useTexts } from "../texts/texts.ts";
import { AlertDialog } from "./alert-dialog.tsx";

export type LeaveWords = Texts["shell"]["unsaved"];

/**
 * Asks before a page with unsaved changes is left: by its menu, a link, the browser's back button.
 * When the tab is closed or loaded again, the browser asks in its own words.
 */
export function UnsavedGuard({
  isDirty,
  words,
}: {
  readonly isDirty: boolean;
  readonly words?: LeaveWords | undefined;
}): ReactElement | null {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return <LeaveDialog words={words} onLeave={blocker.proceed} onStay={blocker.reset} />;
}

export function LeaveDialog({
  words,
  onLeave,
  onStay,
}: {
  readonly words?: LeaveWords | undefined;
  readonly onLeave: () => void;
  readonly onStay: () => void;
}): ReactElement {
  const unsaved = useTexts().shell.unsaved;
  const texts = words ?? unsaved;
  return (
    <AlertDialog title={texts.title} text={texts.text} onDismiss={onStay}>
      <Button appearance="primary" onClick={onStay}>
        {texts.stay}
      </Button>
      <Button onClick={onLeave}>{texts.leave}</Button>
    </AlertDialog>
  );
}
