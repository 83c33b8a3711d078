import { useReturnFocus } from "./use-return-focus.ts";

/** Of a drawer that shows its children only while it is open. */
export function ReturnFocus(): null {
  useReturnFocus();
  return null;
}
