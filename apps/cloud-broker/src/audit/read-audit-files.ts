import { readFileSync } from "node:fs";

import { canonicalJson, CryptoError, decodeBase64url, parseJsonObject } from "@databox-cmk/crypto";
import { AppError, systemCodeOf } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { parseVaultLog, type VaultLine } from "./match-vault-log.ts";
import type { Exported, NotedHeads } from "./verify-exports.ts";

/** Another line of the output of `audit verify --json`, which notes no head. */
const otherLine = z.union([
  z.object({ vaultLog: z.unknown() }),
  z.object({ package: z.unknown() }),
]);
const notedLine = z.object({
  chain: z.string(),
  /** Absent in a head that the broker signed. */
  ok: z.optional(z.literal(true)),
  length: z.int().check(z.gte(0)),
  head: z.string(),
});
/** A line of the export; the same as an entry of `value` in `GET {job}/activity`. */
const exportedLine = z.strictObject({
  sequence: z.number(),
  at: z.string(),
  hash: z.string(),
  row: z.looseObject({ chain: z.string() }),
});

/**
 * @throws {AppError} Misuse when the file has another format, or notes a chain that was found
 * tampered with
 */
export function readNotedHeads(path: string): NotedHeads {
  const heads = new Map<string, z.infer<typeof notedLine>[]>();
  readFile(path, "is not output of audit verify --json", (text) => {
    for (const line of linesOf(text, path)) {
      if (otherLine.safeParse(line).success) continue;
      const noted = notedLine.parse(line);
      heads.set(noted.chain, [...(heads.get(noted.chain) ?? []), noted]);
    }
  });
  return heads;
}

/** @throws {AppError} Misuse when the file has another format */
export function readExport(path: string): Exported {
  return readFile(path, "cannot be read as an exported activity", (text) =>
    parseExport(text, path),
  );
}

/** One JSON object a line, oldest first. */
export function parseExport(text: string, path: string): Exported {
  const rows = linesOf(text, path).map((line) => {
    const { sequence, at, hash, row } = exportedLine.parse(line);
    return { chain: row.chain, sequence, at, hash, rowJson: canonicalJson(row) };
  });
  return { path, rows };
}

/** @throws {AppError} Misuse when the file has another format */
export function readVaultLog(path: string): readonly VaultLine[] {
  return readFile(path, "cannot be read as the log of a key vault", parseVaultLog);
}

/** Lines of JSON, read whole. */
function linesOf(text: string, path: string): readonly unknown[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => parseJsonObject(bytesOf(line.trim()), path));
}

/** A line of JSON, or the payload of a JWS; a reader who kept it needs no proof of it. */
function bytesOf(line: string): Uint8Array {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(line) ?? [];
  return payload === undefined ? Buffer.from(line) : decodeBase64url(payload);
}

function readFile<Value>(path: string, fault: string, parse: (text: string) => Value): Value {
  return orMisuse(`${path} ${fault}`, () => parse(readFileSync(path, "utf8")));
}

/** @throws {AppError} Misuse with this detail where the input cannot be read or has another format */
export function orMisuse<Value>(detail: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    const isOurs =
      cause instanceof z.core.$ZodError ||
      cause instanceof CryptoError ||
      cause instanceof SyntaxError ||
      systemCodeOf(cause) !== undefined;
    if (!isOurs) throw cause;
    throw new AppError("Misuse", { detail, cause });
  }
}
