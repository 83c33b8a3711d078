import { useMemo, useSyncExternalStore } from "react";

const readers = new Set<() => void>();

/**
 * A setting that this browser keeps, and a function to change it.
 *
 * @param parse - the same function at each call
 */
export function useStored<Value>(
  key: string,
  parse: (text: string | null) => Value,
): readonly [value: Value, change: (text: string) => void] {
  const text = useSyncExternalStore(follow, () => localStorage.getItem(key));
  const value = useMemo(() => parse(text), [parse, text]);
  return [
    value,
    (changed) => {
      localStorage.setItem(key, changed);
      for (const tell of readers) tell();
    },
  ];
}

function follow(changed: () => void): () => void {
  readers.add(changed);
  return () => readers.delete(changed);
}
