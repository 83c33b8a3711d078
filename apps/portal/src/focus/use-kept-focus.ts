import { useLayoutEffect, useRef } from "react";

/**
 * If a change hides or removes the control that has the focus, the page's heading takes it.
 *
 * @param change - what the reader changed on the page, such as its filter
 */
export function useKeptFocus(change: unknown): void {
  const before = useRef(change);
  useLayoutEffect(() => {
    if (before.current === change) return;
    before.current = change;
    const { activeElement, body } = document;
    if (activeElement === body || activeElement?.checkVisibility() === false)
      document.querySelector<HTMLElement>("main h1")?.focus();
  }, [change]);
}
