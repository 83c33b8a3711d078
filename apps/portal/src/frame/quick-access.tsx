import { Button, Tooltip } from "@fluentui/react-components";
import { QuestionCircleRegular, SearchRegular } from "@fluentui/react-icons";
import { type ReactElement, Suspense, useLayoutEffect, useState } from "react";

import { lazyPanel } from "../shell/lazy-part.tsx";
import { useTexts } from "../texts/texts.ts";

const HelpPanel = lazyPanel(async () => (await import("../help/help-panel.tsx")).HelpPanel);
const SearchDialog = lazyPanel(
  async () => (await import("../search/search-dialog.tsx")).SearchDialog,
);

/** Search and help, by their buttons in the top bar or by Ctrl+K and `?`. */
export function QuickAccess({ className }: { readonly className: string }): ReactElement {
  const texts = useTexts();
  const [shown, setShown] = useState<"search" | "help">();
  // A key that is pressed as soon as the page is shown must not be lost.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const wanted = shortcutOf(event);
      // The open page keeps its place: it may have unsaved input.
      if (wanted === undefined || document.querySelector(DIALOG) !== null) return;
      event.preventDefault();
      setShown(wanted);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  const close = () => setShown(undefined);
  const buttons = [
    ["search", texts.search.button, SearchRegular],
    ["help", texts.help.button, QuestionCircleRegular],
  ] as const;
  return (
    <>
      {buttons.map(([what, name, Icon]) => (
        <Tooltip key={what} content={name} relationship="label">
          <Button
            appearance="transparent"
            className={className}
            icon={<Icon />}
            aria-haspopup="dialog"
            aria-expanded={shown === what}
            onClick={() => setShown(what)}
          />
        </Tooltip>
      ))}
      <Suspense fallback={null}>
        {shown === "search" && <SearchDialog onClose={close} />}
        {shown === "help" && <HelpPanel onClose={close} />}
      </Suspense>
    </>
  );
}

const DIALOG = '[role="dialog"], [role="alertdialog"]';
const FIELDS = 'input, textarea, select, [contenteditable="true"], [role="combobox"]';

/** A character that is typed into a field is not a shortcut; Ctrl+K is one everywhere. */
function shortcutOf(event: KeyboardEvent): "search" | "help" | undefined {
  const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
  if (key.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey && !shiftKey) return "search";
  const isTyping = target instanceof Element && target.closest(FIELDS) !== null;
  return key === "?" && !isTyping && !ctrlKey && !metaKey ? "help" : undefined;
}
