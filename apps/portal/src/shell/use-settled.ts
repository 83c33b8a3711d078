import { useEffect, useState } from "react";

const TYPING_PAUSE_MS = 300;

/** The last value that did not change for a moment, so that each letter causes no request. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
