import { readFileSync } from "node:fs";

import { AppError, systemCodeOf } from "@databox-cmk/errors";
import * as z from "zod/mini";

import type { ChainVerdict, NotedHead } from "./verify-chain.ts";

/** Earlier output of `audit verify --json`, by chain. */
export type NotedHeads = ReadonlyMap<string, NotedHead>;
export const NOTHING_NOTED: NotedHeads = new Map();

const line = z.object({
  chain: z.string(),
  ok: z.literal(true),
  length: z.int().check(z.gte(0)),
  head: z.string(),
});

/**
 * @throws {AppError} Misuse when the file has another format, or notes a chain that was found
 * tampered with
 */
export function readNotedHeads(path: string): NotedHeads {
  try {
    const lines = readFileSync(path, "utf8")
      .split("\n")
      .filter((text) => text.trim() !== "")
      .map((text) => line.parse(JSON.parse(text)));
    return new Map(lines.map(({ chain, length, head }) => [chain, { length, head }]));
  } catch (cause) {
    const isOurs =
      cause instanceof SyntaxError ||
      cause instanceof z.core.$ZodError ||
      systemCodeOf(cause) !== undefined;
    if (!isOurs) throw cause;
    throw new AppError("Misuse", {
      detail: `${path} is not output of audit verify --json`,
      cause,
    });
  }
}

/** A chain that was noted and is now missing was cut off at its first row. */
export function withMissing(
  verdicts: ReadonlyMap<string, ChainVerdict>,
  noted: NotedHeads,
): ReadonlyMap<string, ChainVerdict> {
  const missing = [...noted].filter(([chain, { length }]) => length > 0 && !verdicts.has(chain));
  return new Map([
    ...verdicts,
    ...missing.map(
      ([chain]) => [chain, { ok: false, sequence: 1, fault: "not-as-noted" }] as const,
    ),
  ]);
}
