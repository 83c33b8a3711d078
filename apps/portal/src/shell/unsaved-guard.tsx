import { Button } from "@fluentui/react-components";
import { useBlocker } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";

import { type Texts, useTexts } from "../texts/texts.ts";
import { AlertDialog } from "./alert-dialog.tsx";

export type LeaveWords = Texts["shell"]["unsaved"];

/**
 * Asks before a page with unsaved changes is left: by its menu, a link, the browser's back button.
 * When the tab is closed or loaded again, the browser asks in its own words.
 */
export function UnsavedGuard({
  isDirty,
  isSaving = false,
  words,
}: {
  readonly isDirty: boolean;
  /** The changes are being saved; that may still fail. */
  readonly isSaving?: boolean;
  readonly words?: LeaveWords | undefined;
}): ReactElement | null {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  const { status, proceed, reset } = blocker;
  /** The changes that the reader was asked about are saved. */
  const continueWith = status === "blocked" && !isDirty ? proceed : undefined;
  useEffect(() => {
    continueWith?.();
  }, [continueWith]);
  if (status !== "blocked" || !isDirty) return null;
  return <LeaveDialog isSaving={isSaving} words={words} onLeave={proceed} onStay={reset} />;
}

export function LeaveDialog({
  isSaving,
  words,
  onLeave,
  onStay,
}: {
  readonly isSaving: boolean;
  readonly words?: LeaveWords | undefined;
  readonly onLeave: () => void;
  readonly onStay: () => void;
}): ReactElement {
  const { saving, unsaved } = useTexts().shell;
  const texts = words ?? (isSaving ? saving : unsaved);
  return (
    <AlertDialog title={texts.title} text={texts.text} onDismiss={onStay}>
      <Button appearance="primary" onClick={onStay}>
        {texts.stay}
      </Button>
      <Button onClick={onLeave}>{texts.leave}</Button>
    </AlertDialog>
  );
}
