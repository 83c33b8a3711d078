import { AppError } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { DAY_MS } from "../core/day.ts";
import { callIdOf } from "./call-id.ts";

/** A line of the log of a customer's vault. */
export type VaultLine = {
  readonly atMs: number;
  readonly operation: string;
  readonly correlationId: string;
  readonly keyUrl: string;
  readonly caller: string;
  readonly status: number;
};

/** How the log of the vault and the rows of the orders fit. */
export type VaultMatch = {
  /** Uses of the orders' keys that the log has. */
  readonly uses: number;
  readonly namedByRows: number;
  readonly namedByDays: number;
  /** Uses on a day whose row is not due yet. */
  readonly pending: number;
  readonly notWritten: readonly VaultLine[];
  readonly notInLog: readonly { readonly row: string; readonly correlationId: string }[];
};

const USE = /wrap|crypt|sign|verify|release/i;
/** Rows of a former broker name another id, which no log of a vault has. */
const OURS = /^[0-9a-f]{8}-[0-9a-f]{4}-8/;
/** The row of a day is written ten minutes after its end. */
const DUE_MS = 3_600_000;
/** Of all series together; bounds the work for rows of a dishonest broker. */
const CALLS_MAX = 10_000_000;

const usingRow = z.object({
  action: z.string(),
  chain: z.string(),
  sequence: z.number(),
  at: z.string(),
  outcome: z.string(),
  kid: z.optional(z.string()),
  vaultRequestId: z.optional(z.string()),
  vaultRequestIds: z.optional(z.array(z.string())),
  steps: z.optional(
    z.array(z.object({ code: z.optional(z.string()), vaultRequestId: z.optional(z.string()) })),
  ),
  detail: z.optional(z.object({ series: z.optional(z.string()) })),
});
type UsingRow = z.infer<typeof usingRow>;

/**
 * Names each use of the orders' keys that no row accounts for, and each row whose call the vault
 * does not know. Lines of other keys count only if the caller used the orders' keys, too.
 *
 * @param rows - all rows of the orders that use these keys
 * @throws {AppError} Misuse when their days count too many calls
 */
export function matchVaultLog(
  rows: Iterable<{ readonly rowJson: string }>,
  lines: readonly VaultLine[],
): VaultMatch {
  const keys = new Set<string>();
  const named = new Map<string, { readonly row: string; readonly atMs: number }>();
  const series: Series[] = [];
  let nowMs = lines.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
  for (const { rowJson } of rows) {
    const parsed = usingRow.safeParse(JSON.parse(rowJson));
    if (!parsed.success) continue;
    const row = parsed.data;
    const atMs = Date.parse(row.at);
    nowMs = Math.max(nowMs, atMs);
    if (row.kid !== undefined) keys.add(keyOf(row.kid));
    const name = `row ${String(row.sequence)} of ${row.chain}`;
    for (const id of callsOf(row)) if (OURS.test(id)) named.set(id, { row: name, atMs });
    series.push(...seriesOf(row));
  }
  const ofDays = callsOfDays(series);
  const isKnown = (id: string): boolean => named.has(id) || ofDays.has(id);
  const callers = new Set(
    lines.flatMap(({ correlationId, caller }) => (isKnown(correlationId) ? [caller] : [])),
  );
  const uses = lines.filter(
    ({ operation, status, keyUrl, caller }) =>
      USE.test(operation) && status < 300 && (keys.has(keyOf(keyUrl)) || callers.has(caller)),
  );
  const seen = new Set<string>();
  const count = { namedByRows: 0, namedByDays: 0, pending: 0 };
  const notWritten = uses.filter(({ correlationId, atMs }) => {
    // Each attempt has an id of its own.
    const isNew = !seen.has(correlationId);
    seen.add(correlationId);
    const isPending = atMs - (atMs % DAY_MS) + DAY_MS + DUE_MS > nowMs;
    if (isNew && named.has(correlationId)) count.namedByRows += 1;
    else if (isNew && ofDays.has(correlationId)) count.namedByDays += 1;
    else if (isNew && isPending && OURS.test(correlationId)) count.pending += 1;
    else return true;
    return false;
  });
  const logged = new Set(lines.map(({ correlationId }) => correlationId));
  const firstMs = lines.reduce((first, { atMs }) => Math.min(first, atMs), Infinity);
  const lastMs = lines.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  // The vault writes its log some minutes late, so that later rows are not missing in it yet.
  const notInLog = [...named].flatMap(([correlationId, { row, atMs }]) =>
    atMs < firstMs || atMs > lastMs || logged.has(correlationId) ? [] : [{ row, correlationId }],
  );
  return { uses: uses.length, ...count, notWritten, notInLog };
}

/** The calls that succeeded. */
function callsOf(row: UsingRow): readonly string[] {
  const ofSteps = (row.steps ?? []).flatMap(({ code, vaultRequestId }) =>
    code === undefined && vaultRequestId !== undefined ? [vaultRequestId] : [],
  );
  const ownCall = row.outcome === "granted" || row.outcome === "done" ? row.vaultRequestId : "";
  return [...ofSteps, ...(row.vaultRequestIds ?? []), ownCall ?? ""];
}

type Series = { readonly seed: string; readonly calls: number };

function seriesOf({ action, detail }: UsingRow): readonly Series[] {
  if (action !== "key/uses") return [];
  return (detail?.series ?? "").split(" ").flatMap((part) => {
    const [, seed, calls] = /^([\w-]{22}):(\d{1,8})$/.exec(part) ?? [];
    return seed === undefined ? [] : [{ seed, calls: Number(calls) }];
  });
}

function callsOfDays(series: readonly Series[]): ReadonlySet<string> {
  if (series.reduce((sum, { calls }) => sum + calls, 0) > CALLS_MAX)
    throw new AppError("Misuse", {
      detail: `the rows of the days count more than ${String(CALLS_MAX)} calls; compare fewer exports, or ask the service`,
    });
  const ids = new Set<string>();
  for (const { seed, calls } of series)
    for (let call = 1; call <= calls; call += 1) ids.add(callIdOf(seed, call));
  return ids;
}

/** Host and name of a key, without its version: `kv.vault.azure.net/keys/name`. */
function keyOf(url: string): string {
  const [, key] =
    /^https:\/\/([^/?#]+\/keys\/[^/?#]+)/i.exec(url.replaceAll("//keys", "/keys")) ?? [];
  return (key ?? url).toLowerCase().replace(/:443(?=\/)/, "");
}

const parseJson = (json: string): unknown => JSON.parse(json);
const anyRecord = z.record(z.string(), z.unknown());

/**
 * Reads records of the category AuditEvent: lines of a storage account's blob, its older form
 * (`{"records": [...]}`), or the JSON of a query of `AZKVAuditLogs` or `AzureDiagnostics`, whose
 * members have other names.
 *
 * @throws {SyntaxError | z.core.$ZodError} when it is something else
 */
export function parseVaultLog(text: string): readonly VaultLine[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const isWhole =
    text.trimStart().startsWith("[") || lines.length === 1 || lines[0]?.trim() === "{";
  const parsed = isWhole ? parseJson(text) : lines.map(parseJson);
  const all = Array.isArray(parsed) ? parsed : [parsed];
  return all
    .flatMap((each) => {
      const record = anyRecord.parse(each);
      return Array.isArray(record["records"]) ? record["records"] : [record];
    })
    .map((each) => readLine(anyRecord.parse(each)));
}

function readLine(record: Readonly<Record<string, unknown>>): VaultLine {
  const flat = new Map<string, string>();
  const add = (value: unknown, name: string): void => {
    if (typeof value === "string" && value.startsWith("{")) add(JSON.parse(value), name);
    else if (typeof value === "object" && value !== null)
      for (const [member, inner] of Object.entries(value)) add(inner, member);
    else if (typeof value === "string" || typeof value === "number")
      flat.set(name.toLowerCase().replace(/_[sdgt]$/, ""), String(value));
  };
  add(record, "");
  const read = (...names: readonly string[]): string =>
    names.map((name) => flat.get(name) ?? "").find((value) => value !== "") ?? "";
  const caller = [...flat].find(([name]) => name.endsWith("objectidentifier"))?.[1];
  const atMs = Date.parse(read("time", "timegenerated"));
  return {
    atMs: z.number().parse(atMs),
    operation: z.string().check(z.minLength(1)).parse(read("operationname")),
    correlationId: read("correlationid").toLowerCase(),
    keyUrl: read("requesturi", "id"),
    caller: caller ?? read("appid"),
    status: Number(read("httpstatuscode") || "200"),
  };
}

/** Lines of text, or one line of JSON. */
export function renderMatch(match: VaultMatch, asJson: boolean): readonly string[] {
  if (asJson) return [JSON.stringify({ vaultLog: match })];
  const { uses, namedByRows, namedByDays, pending, notWritten, notInLog } = match;
  const parts = [
    `${String(uses)} uses of the keys`,
    `${String(namedByRows)} named by rows`,
    `${String(namedByDays)} by the rows of their days`,
    ...(pending === 0 ? [] : [`${String(pending)} on a day whose row is not due yet`]),
  ];
  return [
    `vault log ${parts.join(", ")}`,
    ...notWritten.map(
      ({ atMs, operation, keyUrl, caller, correlationId }) =>
        `  NOT WRITTEN DOWN: ${new Date(atMs).toISOString()} ${operation} ${keyUrl} by ${caller}, correlation id ${correlationId}`,
    ),
    ...notInLog.map(
      ({ row, correlationId }) =>
        `  NOT IN THE VAULT'S LOG: ${row}, correlation id ${correlationId}`,
    ),
  ];
}
