import { useLanguage } from "@databox-cmk/ui";
import { type ReactElement, useEffect, useState } from "react";

import { relativeAge } from "../core/relative-age.ts";

const TICK_MS = 5000;

/** How long ago something was, while the page is open. @param since - ISO 8601 */
export function Age({ since }: { readonly since: string }): ReactElement {
  const { language } = useLanguage();
  const nowMs = useNow(TICK_MS);
  return <span>{relativeAge(Math.max(0, nowMs - Date.parse(since)), language)}</span>;
}

/** The present time, updated at each interval, for ages that grow while a page is open. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
