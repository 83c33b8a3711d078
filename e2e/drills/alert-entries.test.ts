import { readFileSync } from "node:fs";
import { join } from "node:path";

import Database from "better-sqlite3";
import { expect, test } from "vitest";

import { openDrillStack } from "./drill-stack.ts";

const RUNBOOK = new URL("../../docs/operate/runbook.md", import.meta.url);
const [, alerts = ""] = /^## Alerts\n(.*?)^## /ms.exec(readFileSync(RUNBOOK, "utf8")) ?? [];
/** The commands of an entry, as they are printed. */
const COMMANDS = new Map(
  alerts.split(/^### /m).flatMap((entry) => {
    const [, block] = /^<!-- run by \S+ -->\n\n```\n(.*?)^```$/ms.exec(entry) ?? [];
    return block === undefined ? [] : [[entry.split("\n", 1)[0] ?? "", block] as const];
  }),
);

test("the commands of the alerts' entries do what the entries say", async () => {
  await using drill = await openDrillStack("sqlite");
  await drill.world.operator.revoke({ kind: "fleet" }, "incident 4711");
  expect(await drill.shell.run('broker restored --since "2026-11-30T02:00:00Z"')).toMatchObject({
    exitCode: 0,
  });
  const printed: Record<string, string> = {};
  for (const [name, commands] of COMMANDS) {
    const typed = await drill.shell.run(`set -e\n${commands}`);
    expect({ name, ...typed }).toMatchObject({ exitCode: 0 });
    printed[name] = typed.printed;
  }
  expect(printed).toEqual({
    AuditTampered: "",
    AuditUnverified: expect.stringMatching(/^ok +broker: \d+ rows/m),
    BackupOld: expect.stringMatching(/^exported \d+ rows to /m),
    DiskNearlyFull: expect.stringMatching(/data folder .* \d+ MiB free/),
    SchemaBehind: expect.stringMatching(/^migrated: newest is \d{4}-/),
    NobodyReady: expect.stringContaining('{"status":"ready","database":"ok","clock":"ok"'),
    KeysDiffer: expect.stringMatching(/answers are signed by [\w-]{43}/),
    RestoreUnconfirmed: expect.stringMatching(/decisions since 2026-11-30T02:00.*\nconfirmed\n$/s),
    OwnKeyOld: "nonce: replaced\n",
    IdentityProviderUnreachable: expect.stringMatching(/^\["[\w-]+"(?:,"[\w-]+")*\]$/m),
    FleetRevoked: expect.stringMatching(/"reason":"incident 4711".*\n\{.*1.*\}\n$/s),
  });
  // The queries for a person at the database.
  const queries = [...alerts.matchAll(/`(select [^`]+)`/g)].map(([, query = ""]) => query);
  const database = new Database(join(drill.world.folder, "broker", "broker.sqlite"));
  expect(queries.map((query) => database.prepare(query).all())).toEqual([[], []]);
  // One row is changed: the entry's command names it.
  database.exec("update audit set row_json = '{}' where chain = 'broker' and sequence = 1");
  database.close();
  const tampered = await drill.shell.run(COMMANDS.get("AuditTampered") ?? "");
  expect(tampered.printed).toBe('{"chain":"broker","sequence":1,"fault":"altered"}\n');
  expect((await drill.shell.run("broker restored")).printed).toBe("nothing to confirm\n");
});
