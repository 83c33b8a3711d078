import { AppError } from "@databox-cmk/errors";

import { judgeHeaderGeneration } from "../core/judge-header-generation.ts";
import type { HeaderMemory } from "../core/ports.ts";
import type { StateStore } from "../state/state-store.ts";

/** @throws {AppError} `VolumeHeaderRolledBack`: no key is given to this header */
export function requireKnownHeader(
  path: string,
  found: number,
  memory: HeaderMemory | undefined,
): void {
  if (memory === undefined || judgeHeaderGeneration(found, memory.generation) !== "older") return;
  throw new AppError("VolumeHeaderRolledBack", {
    target: path,
    detail: `${path}: its header is of generation ${String(found)}, the newest one was ${String(memory.generation)}`,
  });
}

/** Remembers a newer header, once a key has opened it. */
export function learnHeader(found: number, memory: HeaderMemory | undefined): void {
  if (memory !== undefined && judgeHeaderGeneration(found, memory.generation) === "newer")
    memory.learn(found);
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
