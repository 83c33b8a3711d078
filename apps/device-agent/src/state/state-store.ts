import type { MachineState } from "../core/machine-state.ts";
import type { StateFolder } from "./state-folder.ts";

export type StateStore = {
  readonly current: MachineState;
  /** Durable when it returns. */
  update(change: Partial<MachineState>): void;
  /** A number that no message of this node has carried; durable before it is used. */
  nextCounter(): number;
};

export function createStateStore(folder: StateFolder, initial: MachineState): StateStore {
  let current = initial;
  const update = (change: Partial<MachineState>) => {
    const next = { ...current, ...change };
    folder.writeState(next);
    current = next;
  };
  return {
    get current() {
      return current;
    },
    update,
    nextCounter() {
      update({ counter: current.counter + 1 });
      return current.counter;
    },
  };
}
