import { useLanguage } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { relativeAge } from "../core/relative-age.ts";
import { useNow } from "./use-now.ts";

const TICK_MS = 5000;

/** How long ago something was, while the page is open. @param since - ISO 8601 */
export function Age({ since }: { readonly since: string }): ReactElement {
  const { language } = useLanguage();
  const nowMs = useNow(TICK_MS);
  return <span>{relativeAge(Math.max(0, nowMs - Date.parse(since)), language)}</span>;
}
