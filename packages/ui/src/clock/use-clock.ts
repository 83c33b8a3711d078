import { useMemo, useSyncExternalStore } from "react";

/** The time zone of all shown times: the reader's own, or UTC as in logs. */
export const CLOCKS = ["local", "utc"] as const;
export type Clock = (typeof CLOCKS)[number];

const STORAGE_KEY = "clock";
const readers = new Set<() => void>();

export type ClockSwitch = { readonly clock: Clock; readonly switchTo: (clock: Clock) => void };

/** The present setting, stored in this browser, and a function to change it. */
export function useClock(): ClockSwitch {
  const clock = useSyncExternalStore(follow, stored);
  return useMemo(() => ({ clock, switchTo }), [clock]);
}

function stored(): Clock {
  const name = localStorage.getItem(STORAGE_KEY);
  return CLOCKS.find((clock) => clock === name) ?? "local";
}

function switchTo(clock: Clock): void {
  localStorage.setItem(STORAGE_KEY, clock);
  for (const changed of readers) changed();
}

function follow(changed: () => void): () => void {
  readers.add(changed);
  return () => readers.delete(changed);
}
