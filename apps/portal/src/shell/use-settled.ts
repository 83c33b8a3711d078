import { useEffect, useState } from "react";

const TYPING_PAUSE_MS = 300;

/** The value once it has not changed for a moment; `undefined` while a person types. */
export function useSettled(value: string): string | undefined {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return settled === value ? settled : undefined;
}
