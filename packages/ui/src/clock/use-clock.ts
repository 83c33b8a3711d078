import { useStored } from "../use-stored.ts";

/** The time zone of all shown times: the reader's own, or UTC as in logs. */
export const CLOCKS = ["local", "utc"] as const;
export type Clock = (typeof CLOCKS)[number];

export const useClock = () => useStored("clock", parseClock);

function parseClock(stored: string | null): Clock {
  return CLOCKS.find((clock) => clock === stored) ?? "local";
}
