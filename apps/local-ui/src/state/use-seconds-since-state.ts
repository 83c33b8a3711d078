import { useEffect, useState } from "react";

import { useNode } from "./node-context.ts";

const SECOND_MS = 1000;

/** Seconds since the state arrived, counting: the state's durations must be reduced by them. */
export function useSecondsSinceState(): number {
  const { receivedAtMs, feed } = useNode();
  const [nowMs, setNowMs] = useState(feed.nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(feed.nowMs()), SECOND_MS);
    return () => clearInterval(timer);
  }, [feed]);
  return Math.max(0, (nowMs - receivedAtMs) / SECOND_MS);
}
