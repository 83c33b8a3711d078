import { useRouterState } from "@tanstack/react-router";
import { createContext, type RefObject, useContext, useEffect, useRef } from "react";

/** Path of the page whose heading was shown last; `undefined` before the first one. */
export const ShownPath = createContext<RefObject<string | undefined>>({ current: undefined });

/**
 * Moves the focus to the heading of a page that somebody came to by a link of the portal: the link is gone, and a reader
 * who hears pages has to be told of the new one. The first page keeps the browser's own order, with the skip link first.
 */
export function useHeadingFocus(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useContext(ShownPath);
  // Of the page that is shown, not of the one that is still loaded while the former one stands.
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  useEffect(() => {
    const before = shown.current;
    shown.current = pathname;
    if (before === undefined || pathname === undefined || before === pathname) return;
    // A menu that closes on the way gives its focus back first.
    const frame = requestAnimationFrame(() => heading.current?.focus());
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [pathname, shown]);
  return heading;
}
