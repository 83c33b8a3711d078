import { useState } from "react";

/**
 * The values of a form: the stored ones until they are edited. An edit belongs to the stored values
 * that it began with, so it ends when they are saved, or when another person changes them.
 */
export function useDraft<Values extends object>(
  stored: Values,
): readonly [values: Values, edit: (change: Partial<Values>) => void, drop: () => void] {
  const base = JSON.stringify(stored);
  const [edited, setEdited] = useState({ base, values: stored });
  const values = edited.base === base ? edited.values : stored;
  return [
    values,
    (change) => setEdited({ base, values: { ...values, ...change } }),
    () => setEdited({ base: "", values: stored }),
  ];
}
