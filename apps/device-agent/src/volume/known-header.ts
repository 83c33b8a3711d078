import { AppError } from "@databox-cmk/errors";

import type { HeaderMemory } from "../core/ports.ts";
import type { StateStore } from "../state/state-folder.ts";

/**
 * Compares the generation of a volume's header with the one that the agent remembers. Each rekeying
 * raises both, the header first. An older header comes from a backup: it still holds the key slot
 * that a rekeying removed. A newer header belongs to a state that was lost or restored, or to a run
 * that was killed between the two writes.
 *
 * @param found - undefined: the header has a generation that this agent cannot read
 * @throws {AppError} `VolumeHeaderRolledBack` or `VolumeUnavailable`: no key is given to this
 *   header
 */
export function requireKnownHeader(
  path: string,
  found: number | undefined,
  memory: HeaderMemory | undefined,
): void {
  if (memory === undefined || (found ?? 0) >= memory.generation) return;
  if (found === undefined)
    throw new AppError("VolumeUnavailable", {
      target: path,
      reason: "generation",
      detail: `${path}: the generation of its header cannot be read, the newest one was ${String(memory.generation)}`,
    });
  throw new AppError("VolumeHeaderRolledBack", {
    target: path,
    detail: `${path}: its header is of generation ${String(found)}, the newest one was ${String(memory.generation)}`,
  });
}

/** Remembers a newer header, once a key has opened it. */
export function learnHeader(found: number, memory: HeaderMemory | undefined): void {
  if (memory !== undefined && found > memory.generation) memory.learn(found);
}

/** The header's generation as this node's state has it. */
export function headerMemoryOf(store: StateStore): HeaderMemory {
  return {
    generation: store.current.headerGeneration ?? 0,
    learn(generation) {
      store.update({ headerGeneration: generation });
    },
  };
}
