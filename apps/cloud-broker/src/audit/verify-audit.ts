import { readFileSync } from "node:fs";

import { canonicalJson, CryptoError, decodeBase64url, parseJsonObject } from "@databox-cmk/crypto";
import { AppError, systemCodeOf } from "@databox-cmk/errors";
import Database from "better-sqlite3";
import * as z from "zod/mini";

import { withFile } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { formerChain, nameOfChain } from "./former-chains.ts";
import { matchVaultLog, parseVaultLog, type VaultMatch } from "./match-vault-log.ts";
import {
  checkChain,
  type ChainVerdict,
  type JudgedChain,
  type Known,
  type NotedHead,
  type ShownRow,
  verifyChain,
} from "./verify-chain.ts";

export type Verdicts = ReadonlyMap<string, ChainVerdict>;
/** Earlier output of `audit verify --json`, by chain. */
export type NotedHeads = ReadonlyMap<string, readonly NotedHead[]>;
export const NOTHING_NOTED: NotedHeads = new Map();

/** Another line of that output, which notes no head. */
const vaultLine = z.object({ vaultLog: z.unknown() });
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
  const lines = readLines(path, "is not output of audit verify --json", (line) =>
    vaultLine.safeParse(line).success ? undefined : notedLine.parse(line),
  ).filter((line) => line !== undefined);
  return Map.groupBy(lines, ({ chain }) => chain);
}

/**
 * Verifies the chains of orders, as their owner exported them: one JSON object a line, oldest
 * first. Orders that had the same name one after another share the heads and devices that the owner
 * knows.
 *
 * @throws {AppError} Misuse when a file has another format, or is of a chain that was not noted
 */
export function verifyAuditExports(
  paths: readonly string[],
  noted: NotedHeads = NOTHING_NOTED,
  devices: Known["devices"] = new Map(),
): readonly JudgedChain[] {
  const exports = paths.map((path) => {
    const rows = readExport(path);
    const chain = rows[0]?.chain ?? "";
    const verdict = verifyChain(chain, rows);
    return { path, rows, chain, serials: verdict.ok ? Object.keys(verdict.devices) : [] };
  });
  const enrolled = new Set(exports.flatMap(({ serials }) => serials));
  return exports.flatMap(({ path, rows, chain, serials }): readonly JudgedChain[] => {
    const [first] = rows;
    if (first === undefined) {
      if (noted === NOTHING_NOTED) throw new AppError("Misuse", { detail: `${path} has no rows` });
      return judgedOf(withMissing(new Map(), noted));
    }
    // Otherwise a chain that was rewritten under another name would be compared with nothing.
    if (noted !== NOTHING_NOTED && !noted.has(chain))
      throw new AppError("Misuse", {
        detail: `--noted: no head of ${chain}, the chain of ${path}`,
      });
    const mine = noted
      .get(chain)
      ?.filter(
        ({ length, head }) =>
          !exports.some(
            (other) =>
              other.chain === chain &&
              other.rows[0]?.hash !== first.hash &&
              other.rows[length - 1]?.hash === head,
          ),
      );
    const expected = [...devices].filter(
      ([serial]) => serials.includes(serial) || !enrolled.has(serial),
    );
    const verdict = verifyChain(chain, rows, { noted: mine, devices: new Map(expected) });
    return [{ chain, ...(paths.length > 1 && { path }), verdict }];
  });
}

export const judgedOf = (verdicts: Verdicts): readonly JudgedChain[] =>
  [...verdicts].map(([chain, verdict]) => ({ chain, verdict }));

function readExport(path: string): readonly ShownRow[] {
  return readLines(path, "cannot be read as an exported activity", (line) => {
    const { sequence, at, hash, row } = exportedLine.parse(line);
    return { chain: row.chain, sequence, at, hash, rowJson: canonicalJson(row) };
  });
}

/**
 * Compares the exports of orders with the log of the vault of their keys.
 *
 * @throws {AppError} Misuse when a file has another format
 */
export function matchAuditExports(exports: readonly string[], logs: readonly string[]): VaultMatch {
  const lines = logs.flatMap((path) =>
    readFile(path, "cannot be read as the log of a key vault", parseVaultLog),
  );
  return matchVaultLog(exports.flatMap(readExport), lines);
}

/** Lines of JSON, read whole. */
function readLines<Value>(
  path: string,
  fault: string,
  parse: (line: unknown) => Value,
): readonly Value[] {
  return readFile(path, fault, (whole) =>
    whole
      .split("\n")
      .filter((text) => text.trim() !== "")
      .map((text) => parse(parseJsonObject(bytesOf(text.trim()), path))),
  );
}

/** A line of JSON, or the payload of a JWS; a reader who kept it needs no proof of it. */
function bytesOf(line: string): Uint8Array {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(line) ?? [];
  return payload === undefined ? Buffer.from(line) : decodeBase64url(payload);
}

function readFile<Value>(path: string, fault: string, parse: (text: string) => Value): Value {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const isOurs =
      cause instanceof z.core.$ZodError ||
      cause instanceof CryptoError ||
      cause instanceof SyntaxError ||
      systemCodeOf(cause) !== undefined;
    if (!isOurs) throw cause;
    throw new AppError("Misuse", { detail: `${path} ${fault}`, cause });
  }
}

/** A chain that was noted and is now missing was cut off at its first row. */
function withMissing(verdicts: Verdicts, noted: NotedHeads): Verdicts {
  const missing = [...noted].filter(
    ([chain, heads]) => heads.some(({ length }) => length > 0) && !verdicts.has(chain),
  );
  return new Map([
    ...verdicts,
    ...missing.map(
      ([chain]) => [chain, { ok: false, sequence: 1, fault: "not-as-noted" }] as const,
    ),
  ]);
}

/**
 * Verifies every chain of a database file, without a running broker and without writing.
 *
 * @param path - the broker's SQLite file, or a copy of it.
 * @throws {AppError} Misuse when the file is not a broker's database
 */
export async function verifyAuditFile(
  path: string,
  noted: NotedHeads = NOTHING_NOTED,
): Promise<Verdicts> {
  try {
    return await withFile(path, { readonly: true }, (store) => verifyAuditStore(store, noted));
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError) && !(cause instanceof TypeError)) throw cause;
    throw new AppError("Misuse", {
      detail: `${path} cannot be read as a broker's database (${cause.message})`,
      cause,
    });
  }
}

const PAGE_ROWS = 1000;

/**
 * Verifies every chain of a database, beside running replicas and without writing. Chains are read
 * one after another, in pages: a row that is written meanwhile is on a later page, or on none.
 */
export async function verifyAuditStore(
  store: Store,
  noted: NotedHeads = NOTHING_NOTED,
): Promise<Verdicts> {
  // Read first: rows that are put aside meanwhile are named by later rows only.
  const successors = await store
    .selectFrom("audit")
    .select(["chain", "sequence", "row_json as rowJson"])
    .where("row_json", "like", '{"action":"order/create",%"former":%')
    .execute();
  const chains = await store
    .selectFrom("audit")
    .select("chain")
    .distinct()
    .orderBy("chain")
    .execute();
  const verdicts = new Map<string, ChainVerdict>();
  for (const { chain } of chains) {
    let heads = noted.get(chain) ?? [];
    let verdict = await verifyStoredChain(store, chain, { noted: heads });
    // A head may be that of an order which was deleted since, and whose name another one has.
    for (const { chain: former } of verdict.ok ? [] : chains)
      if (former !== chain && nameOfChain(former) === chain)
        for (const head of heads)
          if ((await verifyStoredChain(store, former, { noted: [head] })).ok) {
            heads = heads.filter((each) => each !== head);
            verdict = await verifyStoredChain(store, chain, { noted: heads });
          }
    verdicts.set(chain, verdict);
  }
  for (const { chain, sequence, rowJson } of successors) {
    if (verdicts.get(chain)?.ok !== true) continue;
    const { former, formerLength, formerHead } = successor.parse(JSON.parse(rowJson)).detail;
    const named = verdicts.get(formerChain(nameOfChain(chain), String(former)));
    if (named?.ok !== true || named.length !== formerLength || named.head !== formerHead)
      verdicts.set(chain, { ok: false, sequence, fault: "not-its-former" });
  }
  return withMissing(verdicts, noted);
}

/** The first row of an order whose name another one had. */
const successor = z.object({
  detail: z.object({ former: z.unknown(), formerLength: z.unknown(), formerHead: z.unknown() }),
});

async function verifyStoredChain(store: Store, chain: string, known: Known): Promise<ChainVerdict> {
  const name = nameOfChain(chain);
  const check = checkChain(name, known);
  let last: number | undefined;
  for (;;) {
    const page = store
      .selectFrom("audit")
      .select(["chain", "sequence", "row_json as rowJson", "hash"])
      .where("chain", "=", chain)
      .orderBy("sequence")
      .limit(PAGE_ROWS);
    const rows = await (last === undefined ? page : page.where("sequence", ">=", last)).execute();
    // The last row begins the next page, so that a second one with its number is found.
    for (const row of last === undefined ? rows : rows.slice(1)) {
      if (!check.take({ ...row, chain: name })) return check.verdict();
      last = row.sequence;
    }
    if (rows.length < PAGE_ROWS) return check.verdict();
  }
}
