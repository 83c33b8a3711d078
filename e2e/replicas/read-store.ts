import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { messageHash } from "@databox-cmk/crypto";
import * as z from "zod";

import { BROKER } from "../harness/programs.ts";
import type { Fleet } from "./open-fleet.ts";

const run = promisify(execFile);
const broker = (env: Readonly<Record<string, string>>, ...words: readonly string[]) =>
  run(process.execPath, ["--disable-warning=ExperimentalWarning", BROKER, ...words], { env });

const tableLine = z.object({ table: z.string(), columns: z.array(z.string()) });
const auditRow = z.looseObject({
  action: z.string(),
  outcome: z.string(),
  requestHash: z.string().optional(),
  detail: z.looseObject({ grantHash: z.string().optional() }).optional(),
});
export type AuditRow = z.infer<typeof auditRow>;

/**
 * The grants in a database, read as its operator would: exported, and imported into another that
 * verifies it.
 */
export type Kept = {
  /** Hashes of all grants. */
  readonly grants: ReadonlySet<string>;
  /** Audit rows of granted unlocks, by the chain of their order. */
  readonly granted: ReadonlyMap<string, readonly AuditRow[]>;
};

/** @throws {Error} when the export, or an audit chain in it, does not hold */
export async function readStore({ environment, world }: Fleet): Promise<Kept> {
  const name = randomUUID();
  const file = join(world.folder, `${name}.ndjson`);
  await broker(environment, "export", file);
  const { DATABASE_URL: _url, ...others } = environment;
  const copy = join(world.folder, name);
  await broker({ ...others, BROKER_DATA_DIR: copy }, "import", file);
  await broker(
    others,
    "audit",
    "verify",
    "--allow-gaps",
    "--database",
    join(copy, "broker.sqlite"),
  );

  const grants = new Set<string>();
  const granted = new Map<string, AuditRow[]>();
  let table = "";
  let columns: readonly string[] = [];
  for (const line of readFileSync(file, "utf8").trimEnd().split("\n")) {
    const value: unknown = JSON.parse(line);
    const head = tableLine.safeParse(value);
    if (head.success) ({ table, columns } = head.data);
    if (!Array.isArray(value)) continue;
    const cell = (column: string) => String(value[columns.indexOf(column)]);
    if (table === "grants") grants.add(cell("grant_hash"));
    if (table !== "audit") continue;
    const row = auditRow.parse(JSON.parse(cell("row_json")));
    if (row.action !== "unlock" || row.outcome !== "granted") continue;
    granted.set(cell("chain"), [...(granted.get(cell("chain")) ?? []), row]);
  }
  return { grants, granted };
}

/** Whether a grant that a device has got is one of those, and has its audit row. */
export function isKept({ grants, granted }: Kept, order: string, grantText: string): boolean {
  const hash = messageHash(grantText);
  const rows = granted.get(order) ?? [];
  return grants.has(hash) && rows.some(({ detail }) => detail?.grantHash === hash);
}
