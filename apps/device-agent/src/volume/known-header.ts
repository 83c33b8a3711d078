import { AppError } from "@databox-cmk/errors";

import { judgeHeaderGeneration } from "../core/judge-header-generation.ts";
import type { HeaderMemory } from "../core/ports.ts";

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
