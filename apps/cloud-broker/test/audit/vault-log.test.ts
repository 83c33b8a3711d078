// @module-tag one-engine
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { activityList } from "@databox-cmk/protocol";
import { LeaseClient, RekeyClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import type { VaultMatch } from "../../src/audit/match-vault-log.ts";
import { foldOrderId, type KeyIdentity } from "../../src/core/order.ts";
import { type EmulatorWorld, startEmulatorWorld } from "../azure/emulator-world.ts";
import { exactly } from "../world/exactly.ts";
import { expectOk } from "../world/expect-ok.ts";
import { API, jobPath, minimalJob } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { verifyAudit } from "./audit-command.ts";

const JOB = "matched";
const DAY_MS = 86_400_000;
const FIRST = "kv-first";
const SECOND = "kv-second";
const BACKUP = "kv-backup";

const record = z.looseObject({
  operationName: z.string(),
  correlationId: z.string(),
  properties: z.looseObject({ httpStatusCode: z.number() }),
});
const vaultLog = z.object({ records: z.array(record) });

let azure: EmulatorWorld;
let world: BrokerWorld;
let folder: string;
let identity: KeyIdentity;
let kid: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vault-log-"));
  azure = await startEmulatorWorld();
  const { tenantId, vaultSuffix } = azure.emulator;
  world = await openBroker({
    replicas: 1,
    settings: {
      TENANT_ID: tenantId,
      KEY_VAULT_SUFFIXES: vaultSuffix,
      WEBHOOK_URLS: "https://receiver.example/hook",
    },
    openAzure: () => azure.azure,
  });
  // This clock stands still, and the vaults' clock goes on.
  world.clock.nowMs = Date.now() + 60_000;
  await liveOneOrder();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await azure.close();
  rmSync(folder, { recursive: true });
});

const send = async (method: string, what: string, body?: object) => {
  const answer = await world.call(method, `${jobPath(JOB)}${what}?${API}`, body && { body });
  if (answer.status >= 300) throw new Error(`${method} ${what}: ${answer.text}`);
  return answer;
};

/** Every way in which the broker uses a key of the customer's. */
async function liveOneOrder(): Promise<void> {
  const { location, storageAccountId, vaultSuffix } = azure.emulator;
  const { properties, ...job } = minimalJob();
  const [destination] = properties.details.dataImportDetails;
  if (destination === undefined) throw new Error("the sample has no destination");
  Object.assign(destination.accountDetails, { storageAccountId });
  await send("PUT", "", { ...job, location, properties });
  await send("PATCH", "", { identity: { type: "SystemAssigned" } });
  const attached = await world
    .store()
    .selectFrom("order_identities")
    .select(["client_id as clientId", "principal_id as principalId", "tenant_id as tenantId"])
    .executeTakeFirstOrThrow();
  const order = foldOrderId(jobPath(JOB));
  identity = { kind: "order", attachment: "system", order, ...attached };
  const { principalId } = attached;
  const keyIn = async (vault: string) => {
    const kekVaultResourceID = await azure.addVault(vault, principalId);
    kid = await azure.addKey(vault, "unlock");
    const kekUrl = `https://${vault}.${vaultSuffix}/keys/unlock`;
    const identityProperties = { type: "SystemAssigned" };
    return { kekUrl, kekVaultResourceID, identityProperties };
  };
  const use = async (vault: string): Promise<void> => {
    const keyEncryptionKey = { kekType: "CustomerManaged", ...(await keyIn(vault)) };
    await send("PATCH", "", { properties: { details: { keyEncryptionKey } } });
  };

  await use(FIRST);
  const prepared = await world.operator("prepare", JOB);
  const [node] = prepared.json.nodes as { serial: string; enrolmentCode: string }[];
  const device = world.device(jobPath(JOB).toLowerCase(), node?.serial ?? "");
  await device.enrol(node?.enrolmentCode ?? "");
  const { answer } = await device.unlock("prepare");
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  await device.receipt(answer.text, "prepared");
  await world.operator("dispatch", JOB);
  await world.operator("deliver", JOB);

  const rekeying = await RekeyClient.unlock(device);
  await rekeying.confirm((await rekeying.propose()).rekey);
  await send("PUT", "/backupKeys/west", { kind: "Vault", ...(await keyIn(BACKUP)) });
  await send("POST", "/listCredentials");
  await send("POST", "/keyHealth/check");
  await world.broker().probe();
  await use(SECOND);
  await LeaseClient.unlock(device);
  await azure.addFault({ service: "key-vault", vault: SECOND }, { kind: "status", status: 503 }, 1);
  await LeaseClient.unlock(device);
  await world.broker().probe();
  // The primary is lost, and an owner orders the backup.
  await azure.addFault({ service: "key-vault", vault: SECOND }, { kind: "connection-reset" });
  await device.unlock("unlock");
  await send("POST", "/backupKeys/west/use", { reason: "the vault is lost", hours: 2 });
  await LeaseClient.unlock(device);
  await world.broker().probe();
  await azure.clearFaults();
  await world.broker().watchKeys();
  await world.broker().idle();
}

async function readLogs() {
  const logs = await Promise.all(
    [FIRST, SECOND, BACKUP].map((vault) => azure.control("GET", `/vaults/${vault}/log`)),
  );
  return logs.flatMap((log) => vaultLog.parse(log).records);
}

const isUnwrap = ({ operationName, properties }: z.infer<typeof record>): boolean =>
  operationName === "KeyUnwrap" && properties.httpStatusCode === 200;

async function match(records: readonly object[]) {
  const activity = join(folder, "activity.jsonl");
  const log = join(folder, "log.json");
  const { json } = await send("GET", "/activity");
  const { value, nextLink } = exactly(activityList, json);
  expect(nextLink).toBeUndefined();
  writeFileSync(activity, value.map((line) => `${JSON.stringify(line)}\n`).join(""));
  writeFileSync(log, JSON.stringify({ records }));
  const words = ["--export", activity, "--vault-log", log, "--allow-gaps"];
  const { exitCode, lines } = await verifyAudit([...words, "--json"]);
  const text = (await verifyAudit(words)).lines.join("\n");
  const told = JSON.parse(lines.at(-1) ?? "") as { readonly vaultLog: VaultMatch };
  return { exitCode, text, ...told.vaultLog };
}

// Evidence: Every use of a key.
describe("the log of the customer's vaults and the activity of the order", () => {
  test("name the same uses of the key: an hour into the next day, nothing is left over", async () => {
    const today = await match(await readLogs());
    expect(today).toMatchObject({ exitCode: 0, notWritten: [], notInLog: [], namedByDays: 0 });
    expect(today.pending).toBeGreaterThan(0);

    world.clock.nowMs += DAY_MS;
    await world.broker().sweep();
    await world.broker().sweep();
    const { exitCode, text, uses, ...left } = await match(await readLogs());
    expect(text).not.toMatch(/NOT (?:WRITTEN|IN)/);
    expect(left).toMatchObject({ notWritten: [], notInLog: [], pending: 0 });
    expect(exitCode).toBe(0);
    expect(left.namedByRows + left.namedByDays).toBe(uses);
    expect(left.namedByDays).toBe(today.pending);
    const rows = (await world.audit()).filter(({ action }) => action === "key/uses");
    expect(rows).toHaveLength(1);
  });

  test("a program gets the signed end of each such day, and a chain that ends before it is found out", async () => {
    const heads: string[] = [];
    world.receivers.post = (_url, _headers, body) => {
      const { type, data } = JSON.parse(body) as Record<string, unknown>;
      if (type === "com.databox-cmk.activity.heads") heads.push(...Object(data).heads);
      return Promise.resolve({ status: 204 });
    };
    await world.broker().deliverEvents();
    const noted = join(folder, "heads.txt");
    writeFileSync(noted, heads.join("\n"));
    const { json } = await send("GET", "/activity");
    const lines = exactly(activityList, json).value;
    const verify = async (rows: typeof lines) => {
      const activity = join(folder, "grown.jsonl");
      writeFileSync(activity, rows.map((line) => `${JSON.stringify(line)}\n`).join(""));
      return verifyAudit(["--export", activity, "--noted", noted, "--allow-gaps"]);
    };
    expect(heads).toHaveLength(1);
    expect(await verify(lines)).toMatchObject({ exitCode: 0 });
    const { lines: said, exitCode } = await verify(lines.slice(0, -1));
    expect(said.join("\n")).toContain("the chain ends before the noted head");
    expect(exitCode).toBe(3);
  });

  test.each([
    "unlock",
    "key/change",
    "order/prepare",
    "order/listCredentials",
    "rekey/propose",
    "backupKey/put",
    "backupKey/use",
  ])("a row %s names the unwraps that it is about", async (action) => {
    const unwraps = (await readLogs()).filter(isUnwrap).map(({ correlationId }) => correlationId);
    const rows = (await world.audit()).filter((row) => row["action"] === action);
    expect(unwraps.some((id) => JSON.stringify(rows).includes(id))).toBe(true);
  });

  test("an unwrap that the broker did not write down is named", async () => {
    const { vaults } = azure.azure;
    const wrapped = expectOk(await vaults.wrapKey(identity, kid, Buffer.alloc(32)));
    const covert = await vaults.unwrapKey(identity, kid, wrapped.encryptedKey);
    const { vaultRequestId } = expectOk(covert);
    const { exitCode, text, notWritten } = await match(await readLogs());
    expect(exitCode).toBe(3);
    expect(notWritten.map(({ operation }) => operation)).toEqual(["KeyWrap", "KeyUnwrap"]);
    expect(text).toMatch(new RegExp(`NOT WRITTEN DOWN: .* KeyUnwrap .*${String(vaultRequestId)}`));
  });

  test("so is one that has the id of another, and a row whose call the vault does not know", async () => {
    const all = (await readLogs()).filter(({ correlationId }) =>
      /^[\da-f]{8}-[\da-f]{4}-8/.test(correlationId),
    );
    const first = all.find(isUnwrap);
    const twice = await match([...all, ...(first === undefined ? [] : [first])]);
    expect(twice).toMatchObject({ exitCode: 3, notInLog: [] });
    expect(twice.notWritten).toHaveLength(1);
    const shown = (await world.audit()).find(({ action }) => action === "order/listCredentials");
    const [gone] = z.array(z.string()).parse(shown?.["vaultRequestIds"]);
    const less = all.filter(({ correlationId }) => correlationId !== gone);
    // The log ends before the row: the call may be among lines that the vault has yet to write.
    expect(await match(less)).toMatchObject({ exitCode: 0, notWritten: [], notInLog: [] });
    const time = new Date(world.clock.nowMs + DAY_MS).toISOString();
    const later = [...less, { operationName: "VaultGet", time, identity: { claim: {} } }];
    expect(await match(later)).toMatchObject({ exitCode: 0, notWritten: [] });
    expect((await match(later)).notInLog).toMatchObject([{ correlationId: gone }]);
  });
});
