import { Tooltip } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useLanguage } from "../language/create-languages.tsx";
import { decideLocale } from "../language/language.ts";
import { formatTime, formatUtc, type Precision } from "./format-time.ts";
import { useClock } from "./use-clock.ts";

/** A moment in the time zone that the reader chose in the settings; on hover in the other one. */
export function Time({
  at,
  precision = "minute",
}: {
  readonly at: string;
  readonly precision?: Precision;
}): ReactElement {
  const { language } = useLanguage();
  const [clock] = useClock();
  const moment = new Date(at);
  const local = formatTime(moment, decideLocale(language, navigator.languages), precision);
  const utc = formatUtc(moment);
  return (
    <Tooltip content={clock === "utc" ? local : utc} relationship="description">
      <time dateTime={moment.toISOString()}>{clock === "utc" ? utc : local}</time>
    </Tooltip>
  );
}
