import { Tooltip } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { formatTime, formatUtc } from "./format-time.ts";
import { useLanguage } from "./language/create-languages.tsx";
import { decideLocale } from "./language/language.ts";

/** A moment in the reader's zone and way of writing; UTC on hover. */
export function Time({ at }: { readonly at: string }): ReactElement {
  const { language } = useLanguage();
  const moment = new Date(at);
  return (
    <Tooltip content={formatUtc(moment)} relationship="description">
      <time dateTime={moment.toISOString()}>
        {formatTime(moment, decideLocale(language, navigator.languages))}
      </time>
    </Tooltip>
  );
}
