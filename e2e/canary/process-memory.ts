import { closeSync, openSync, readFileSync, readSync } from "node:fs";

import type { Search } from "./secret.ts";

const CHUNK_BYTES = 16 * 1024 * 1024;
/** Longer than any form of a secret, so that none is cut in two. */
const OVERLAP_BYTES = 16 * 1024;

/** @returns the names of the secrets that are in the process's memory */
export function searchMemory(pid: number, search: Search): readonly string[] {
  const found = new Set<string>();
  for (const piece of readMemory(pid)) for (const name of search(piece)) found.add(name);
  return [...found].toSorted();
}

/**
 * The readable memory of the process, as in a core dump. Needs the right to trace it.
 *
 * @yields every readable mapping, piece by piece
 */
function* readMemory(pid: number): Generator<Buffer> {
  const file = openSync(`/proc/${String(pid)}/mem`, "r");
  try {
    for (const { from, to } of mappings(pid)) {
      for (let at = from; at < to; at += CHUNK_BYTES - OVERLAP_BYTES) {
        const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, to - at));
        try {
          yield chunk.subarray(0, readSync(file, chunk, 0, chunk.byteLength, at));
        } catch {
          break; // a page of the kernel's own, or one that has gone meanwhile
        }
      }
    }
  } finally {
    closeSync(file);
  }
}

function mappings(pid: number): readonly { readonly from: number; readonly to: number }[] {
  return readFileSync(`/proc/${String(pid)}/maps`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, from, to, path = ""] =
        /^([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
      return from === undefined || to === undefined || path === "[vvar]" || path === "[vsyscall]"
        ? []
        : [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }];
    });
}
