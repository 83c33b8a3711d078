import { useRouterState } from "@tanstack/react-router";
import { createContext, type RefObject, useContext, useEffect, useRef } from "react";

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
