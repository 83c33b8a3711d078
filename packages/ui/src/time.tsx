import { Tooltip } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { formatTime, formatUtc } from "./format-time.ts";
import { useLanguage } from "./language/create-languages.tsx";

/** A moment in the reader's zone; UTC on hover and focus. */
export function Time({ at }: { readonly at: string }): ReactElement {
  const { language } = useLanguage();
  const moment = new Date(at);
  return (
    <Tooltip content={formatUtc(moment)} relationship="description">
      <time dateTime={moment.toISOString()}>{formatTime(moment, language)}</time>
    </Tooltip>
  );
}
