import { useReturnFocus } from "./use-return-focus.ts";

/** For a drawer, which shows its children only while it is open. */
export function ReturnFocus(): null {
  useReturnFocus();
  return null;
}
