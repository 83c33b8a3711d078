import type { HeaderMemory } from "../core/ports.ts";
import type { StateStore } from "./state-store.ts";

/** The header's generation as this node's state has it. */
export function headerMemoryOf(store: StateStore): HeaderMemory {
  return {
    generation: store.current.headerGeneration ?? 0,
    learn(generation) {
      store.update({ headerGeneration: generation });
    },
  };
}
