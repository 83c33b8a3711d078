import { useState } from "react";

/** State that belongs to one list, such as the pages passed: it begins again with another list. */
export function useListState<Value>(list: string, initial: Value) {
  const [held, setHeld] = useState({ list, value: initial });
  // At once, so that nothing is left of it when a reader returns to the first list.
  if (held.list !== list) setHeld({ list, value: initial });
  const value = held.list === list ? held.value : initial;
  return [value, (changed: Value) => setHeld({ list, value: changed })] as const;
}
