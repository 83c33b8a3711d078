import { useEffect, useState } from "react";

/**
 * Gives the focus back to the element that had it when a panel or dialog opened, once that is gone:
 * without it, the focus falls to the top of the page. An element that went meanwhile is replaced by
 * the page's heading.
 */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        const { activeElement } = document;
        // Something has it: the next dialog, or a panel that this one stood before.
        if (activeElement !== null && activeElement !== document.body && isShown(activeElement))
          return;
        const target = isShown(opener) ? opener : document.querySelector("main h1");
        if (target instanceof HTMLElement) target.focus();
      });
    },
    [opener],
  );
}

function isShown(element: Element | null): boolean {
  return element !== null && element !== document.body && element.checkVisibility();
}
