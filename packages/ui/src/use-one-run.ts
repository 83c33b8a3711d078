import { useRef } from "react";

/**
 * Lets an action begin again only after it has ended. A second click may arrive before React shows
 * that the first one began.
 */
export function useOneRun(): {
  /** @returns false while it runs */
  readonly begins: () => boolean;
  readonly ended: () => void;
} {
  const isRunning = useRef(false);
  return {
    begins: () => {
      if (isRunning.current) return false;
      isRunning.current = true;
      return true;
    },
    ended: () => {
      isRunning.current = false;
    },
  };
}
