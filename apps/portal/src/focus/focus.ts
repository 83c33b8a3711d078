import { useRouterState } from "@tanstack/react-router";
import {
  createContext,
  type RefObject,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

/** Path of the page whose heading was shown last; `undefined` before the first one. */
export const ShownPath = createContext<RefObject<string | undefined>>({ current: undefined });

/**
 * Moves the focus to the heading of a page that the reader opened by a link of the portal: the link
 * is gone, and a screen reader has to announce the new page. The first page keeps the browser's own
 * order, with the skip link first.
 */
export function useHeadingFocus(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useContext(ShownPath);
  // The path of the shown page: the next one may still be loading.
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  useEffect(() => {
    const before = shown.current;
    shown.current = pathname;
    if (before === undefined || pathname === undefined || before === pathname) return;
    // A menu that closes on the way gives its focus back first.
    const frame = requestAnimationFrame(() => heading.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [pathname, shown]);
  return heading;
}

/** A drawer needs it, which shows its children only while it is open. */
export function ReturnFocus(): null {
  useReturnFocus();
  return null;
}

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

/**
 * Gives the focus back to the element that had it when a panel or dialog opened, once that is gone:
 * without it, the focus falls to the top of the page. An element that went meanwhile is replaced by
 * the page's heading.
 */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(() => () => returnFocus(opener), [opener]);
}

/** Gives the focus, if nothing has it, to an element; or to the page's heading, if that is gone. */
function returnFocus(opener: Element | null): void {
  setTimeout(() => {
    const { activeElement } = document;
    // Something has it: the next dialog, or a panel that this one stood before.
    if (activeElement !== null && isShown(activeElement)) return;
    const target = isShown(opener) ? opener : document.querySelector("main h1");
    if (target instanceof HTMLElement) target.focus();
  });
}

/**
 * For a change after which the page is read again: the control that began it may be gone.
 *
 * @returns to be called when the change has ended
 */
export function useFocusAtEnd(): () => void {
  const holder = useRef<Element>(null);
  const giveBack = () => {
    const { current } = holder;
    if (current === null) return;
    const { activeElement } = document;
    // The reader has gone on.
    const hasMoved = activeElement !== current && isShown(activeElement);
    if (isShown(current) && !hasMoved) return;
    holder.current = null;
    if (!hasMoved) returnFocus(null);
  };
  useEffect(giveBack);
  useEffect(
    () => () => {
      if (holder.current !== null) returnFocus(holder.current);
    },
    [],
  );
  return () => {
    holder.current = isShown(document.activeElement) ? document.activeElement : null;
  };
}

function isShown(element: Element | null): boolean {
  return element !== null && element !== document.body && element.checkVisibility();
}
