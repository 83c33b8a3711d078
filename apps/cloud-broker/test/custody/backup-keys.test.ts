import { generateKeyPairSync, type KeyObject, privateDecrypt } from "node:crypto";

import { importRecoveryKey, openEnvelope, parseEnvelope } from "@databox-cmk/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { BackupChoice, CustomerChoice } from "../../src/core/backup-key.ts";
import type { KeyCustody } from "../../src/custody/key-custody.ts";
import { noteFailed, noteFailure, readStanding } from "../../src/custody/primary-standings.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { expectOk } from "../world/expect-ok.ts";
import { readTrail } from "../world/read-trail.ts";
import {
  ACTOR,
  createCustodyWorld,
  type CustodyWorld,
  customerKey,
  envelopeOf,
  insertOrder,
  meetingOf,
  NOW_MS,
  ORDER,
  prepareOrder,
  releaseTo,
  SERIALS,
  subject,
  SYSTEM,
  unlockWith,
} from "./custody-world.ts";

const SILENT = { code: "KeyVaultUnreachable", reason: "timeout" } as const;
const CONTEXT = { actor: ACTOR, correlationId: "c" };
const AFTER_MS = 900_000;
const recovery = generateKeyPairSync("rsa", { modulusLength: 2048 });
const OFFLINE: BackupChoice = {
  kind: "recovery",
  key: importRecoveryKey(recovery.publicKey.export({ format: "jwk" })),
};

const inVault = (vault: string, key?: string): BackupChoice => {
  const choice = customerKey(vault, key);
  if (choice.kekType !== "CustomerManaged") throw new TypeError();
  return { kind: "vault", choice: choice satisfies CustomerChoice };
};

function another(): BackupChoice {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kind: "recovery", key: importRecoveryKey(publicKey.export({ format: "jwk" })) };
}

let world: CustodyWorld;
let store: Store;
let custody: KeyCustody;
beforeEach(async () => {
  world = createCustodyWorld();
  await prepareOrder(world, customerKey("kv-one"));
  store = await openTestStore(world.path);
  custody = world.custody(store);
});
afterEach(async () => {
  await store.destroy();
  world[Symbol.dispose]();
});

const put = (name: string, chosen: BackupChoice) =>
  custody.putBackup(subject(), name, chosen, CONTEXT);
const remove = (name: string) => custody.removeBackup(ORDER, name, CONTEXT);
const release = () => releaseTo(custody, "DBX-1");
const recipientsOf = async (serial: string): Promise<readonly string[]> => {
  const stored = await envelopeOf(custody, serial);
  return parseEnvelope(stored?.jwe).recipients.map(({ kid }) => kid);
};
const actions = () => readTrail(store);
const pass = (milliseconds: number) => {
  world.clock.nowMs += milliseconds;
};
const order = async (name: string) => {
  const standing = await readStanding(store, ORDER);
  return store
    .insertInto("backup_uses")
    .values({
      id: `use-${String(world.clock.nowMs)}`,
      order_id: ORDER,
      name,
      reason: "region lost",
      created_at_ms: world.clock.nowMs,
      created_by: "owner",
      until_ms: world.clock.nowMs + 86_400_000,
      failed_since_ms: standing.kind === "working" ? null : standing.sinceMs,
      ended_at_ms: null,
      ended_by: null,
    })
    .execute();
};

/** Opens an exported envelope as the holder of the private key would. */
async function openOffline(key: KeyObject, kid: string): Promise<string> {
  const stored = await envelopeOf(custody, "DBX-1");
  const envelope = parseEnvelope(stored?.jwe);
  const wrapped = envelope.recipients.find((recipient) => recipient.kid === kid)?.encryptedKey;
  const contentKey = privateDecrypt({ key, oaepHash: "sha256" }, wrapped ?? new Uint8Array());
  const { env } = envelope.context;
  const opened = await openEnvelope(envelope, contentKey, { env, ord: ORDER, dev: "DBX-1" });
  return new TextDecoder().decode(opened);
}

describe("a backup key", () => {
  test("is one more recipient of every envelope, in a new generation, and the current key stays", async () => {
    expectOk(await put("west", inVault("kv-two")));
    for (const serial of SERIALS) {
      expect(await recipientsOf(serial)).toEqual([world.kids.one, world.kids.two]);
      expect(await envelopeOf(custody, serial)).toMatchObject({
        kid: world.kids.one,
        generation: 2,
      });
    }
    expect(expectOk(await release())).toMatchObject({ kid: world.kids.one });
    expect(expectOk(await release()).backup).toBeUndefined();
  });

  test("that exists is replaced, and three are the most", async () => {
    expectOk(await put("one", inVault("kv-two")));
    expectOk(await put("one", OFFLINE));
    expect(await recipientsOf("DBX-1")).toEqual([
      world.kids.one,
      "key" in OFFLINE ? OFFLINE.key.kid : "",
    ]);
    expectOk(await put("two", inVault("kv-two")));
    expectOk(await put("three", another()));
    expect(await put("four", another())).toMatchObject({
      failure: { code: "InvalidRequestContent", detail: expect.stringContaining("3 backup keys") },
    });
  });

  test("outlives a change of the current key, byte for byte, and a rotation", async () => {
    expectOk(await put("offline", OFFLINE));
    expectOk(await put("west", inVault("kv-two")));
    world.vaults.rotate("kv-one", "kek");
    expectOk(await custody.change(subject(), customerKey("kv-one"), ACTOR));
    const kids = await recipientsOf("DBX-1");
    expect(kids).toHaveLength(3);
    expect(kids[0]).not.toBe(world.kids.one);
    expect(kids.slice(1)).toEqual(["key" in OFFLINE ? OFFLINE.key.kid : "", world.kids.two]);
    const passkey = await unlockWith(custody, "DBX-1");
    expect(await openOffline(recovery.privateKey, kids[1] ?? "")).toBe(passkey);
  });

  test("outlives a re-key: the proposed envelope is wrapped to it too", async () => {
    expectOk(await put("west", inVault("kv-two")));
    const proposed = expectOk(await custody.proposeRekey(ORDER, "DBX-1", () => undefined));
    await world.confirmRekey(store, "DBX-1", proposed.id);
    expect(await recipientsOf("DBX-1")).toEqual([world.kids.one, world.kids.two]);
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    pass(AFTER_MS);
    expect((await unlockWith(custody, "DBX-1")).length).toBeGreaterThan(11);
  });

  test("added while a re-key is proposed makes the proposal void, so that none is forgotten", async () => {
    const proposed = expectOk(await custody.proposeRekey(ORDER, "DBX-1", () => undefined));
    expectOk(await put("west", inVault("kv-two")));
    const done = await world.confirmRekey(store, "DBX-1", proposed.id);
    expect(done).toBe(false);
    expect(await recipientsOf("DBX-1")).toEqual([world.kids.one, world.kids.two]);
  });

  test("added before the preparation is in the first envelopes", async () => {
    using fresh = createCustodyWorld();
    const empty = await openTestStore(fresh.path);
    const early = fresh.custody(empty);
    expectOk(await early.change(subject(), customerKey("kv-one"), ACTOR, insertOrder()));
    expectOk(await early.putBackup(subject(), "west", inVault("kv-two"), CONTEXT));
    expectOk(await early.generate(ORDER, SERIALS));
    const stored = await envelopeOf(early, "DBX-2");
    expect(parseEnvelope(stored?.jwe).recipients.map(({ kid }) => kid)).toEqual([
      fresh.kids.one,
      fresh.kids.two,
    ]);
    await empty.destroy();
  });

  test("that becomes the current key is no longer a backup", async () => {
    expectOk(await put("west", inVault("kv-two")));
    expectOk(await custody.change(subject(), customerKey("kv-two"), ACTOR));
    expect(await recipientsOf("DBX-2")).toEqual([world.kids.two]);
    expect(await store.selectFrom("backup_keys").select("name").execute()).toEqual([]);
  });

  test("is taken out of every envelope", async () => {
    expectOk(await put("west", inVault("kv-two")));
    expect(expectOk(await remove("west"))).toBe(true);
    expect(expectOk(await remove("west"))).toBe(false);
    expect(await recipientsOf("DBX-1")).toEqual([world.kids.one]);
  });

  test("stays while the current key is lost, but not while it is withdrawn", async () => {
    expectOk(await put("west", inVault("kv-two")));
    world.vaults.setOutage("kv-one", SILENT);
    expect(await remove("west")).toMatchObject({ failure: { code: "KeyVaultUnreachable" } });
    world.vaults.setOutage("kv-one", undefined);
    world.vaults.deleteKey("kv-one", "kek");
    expect(await remove("west")).toMatchObject({ ok: false });
    world.vaults.recoverKey("kv-one", "kek");
    world.vaults.setEnabled(world.kids.one, false);
    expectOk(await remove("west"));
    world.vaults.setEnabled(world.kids.one, true);
    expect(await unlockWith(custody, "DBX-1")).not.toBe("");
  });

  test.each<readonly [string, () => BackupChoice, string]>([
    ["of the same vault", () => inVault("kv-one", "other"), "InvalidRequestContent"],
    ["without access", () => inVault("kv-three"), "SsemUserErrorKeyVaultBadRequestException"],
    ["that is not there", () => inVault("kv-two", "none"), "SsemUserErrorKeyDetailsNotFound"],
  ])("%s is refused, audited, and changes nothing", async (_name, choose, code) => {
    world.vaults.addKey("kv-one", "other");
    world.vaults.addVault("kv-three", { location: "eastus" });
    world.vaults.addKey("kv-three", "kek");
    expect(await put("west", choose())).toMatchObject({ ok: false, failure: { code } });
    expect(await recipientsOf("DBX-1")).toEqual([world.kids.one]);
    expect((await actions()).at(-1)).toMatchObject({ action: "backupKey/put", code });
  });

  test("may be in another region, where the current key may not", async () => {
    world.vaults.addVault("kv-east", { location: "eastus" });
    world.vaults.addKey("kv-east", "kek");
    world.vaults.grant("kv-east", SYSTEM.principalId);
    expect((await custody.validate(subject(), customerKey("kv-east"))).outcome.ok).toBe(false);
    expectOk(await put("east", inVault("kv-east")));
  });

  test("and a change of key at once: one of them wins, and every envelope has a working recipient", async () => {
    const together = meetingOf(2);
    const rival = world.custody(store, {
      ...world.vaults.port,
      // Both have read which key is in force when they open what it wraps.
      unwrapKey: async (...call) => {
        if (call[1] === world.kids.one) await together();
        return world.vaults.port.unwrapKey(...call);
      },
    });
    const outcomes = await Promise.all([
      rival.putBackup(subject(), "west", inVault("kv-two"), CONTEXT),
      rival.change(subject(), customerKey("kv-two"), ACTOR),
    ]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await unlockWith(custody, "DBX-1")).toBe(await unlockWith(custody, "DBX-2"));
  });
});

describe("when the current key is lost", () => {
  beforeEach(async () => {
    expectOk(await put("west", inVault("kv-two")));
  });

  test("the backup opens after the bound, and that is audited before the key is handed out", async () => {
    const passkey = await unlockWith(custody, "DBX-1");
    world.vaults.setOutage("kv-one", SILENT);
    expect(await release()).toMatchObject({
      failure: { code: "KeyVaultUnreachable", detail: expect.stringContaining("may be used from") },
    });
    pass(AFTER_MS - 1);
    expect((await release()).ok).toBe(false);
    pass(1);
    expect(expectOk(await release())).toMatchObject({
      kid: world.kids.two,
      backup: { name: "west", failure: { code: "KeyVaultUnreachable" } },
    });
    expect(await unlockWith(custody, "DBX-1")).toBe(passkey);
    expect((await actions()).at(-1)).toMatchObject({
      action: "backupKey/use",
      kid: world.kids.two,
      detail: { backupKey: "west", because: "KeyVaultUnreachable" },
    });
  });

  test("a successful use restarts the waiting time", async () => {
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    world.vaults.setOutage("kv-one", undefined);
    pass(AFTER_MS);
    expect(expectOk(await release()).kid).toBe(world.kids.one);
    world.vaults.setOutage("kv-one", SILENT);
    expect((await release()).ok).toBe(false);
  });

  test("a probe that met the silence counts", async () => {
    world.vaults.setOutage("kv-one", SILENT);
    await custody.probe(ORDER, world.kids.one);
    pass(AFTER_MS);
    expect(expectOk(await release()).kid).toBe(world.kids.two);
  });

  test("the order moves to another key by the backup", async () => {
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    pass(AFTER_MS);
    expectOk(await custody.change(subject(), customerKey("kv-two"), ACTOR));
    expect(expectOk(await release())).toMatchObject({ kid: world.kids.two });
    expect(expectOk(await release()).backup).toBeUndefined();
  });

  // Evidence: Backup keys of another vault.
  test("a refusal before the silence keeps the backup shut, for every observer and for any time", async () => {
    world.vaults.setEnabled(world.kids.one, false);
    expect(await release()).toMatchObject({
      failure: { code: "SsemUserErrorEncryptionKeyDisabled" },
    });
    world.vaults.setOutage("kv-one", SILENT);
    pass(30 * 86_400_000);
    await order("west");
    expect((await release()).ok).toBe(false);
    expect((await release()).ok).toBe(false);
  });

  test("a refusal that only key health saw counts, until the key grants again", async () => {
    const failure = { code: "SsemUserErrorEncryptionKeyDisabled" } as const;
    await store.transaction().execute((check) => noteFailed(check, ORDER, failure, NOW_MS));
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    pass(AFTER_MS);
    expect((await release()).ok).toBe(false);
    world.vaults.setOutage("kv-one", undefined);
    expectOk(await release());
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    pass(AFTER_MS);
    expect(expectOk(await release()).kid).toBe(world.kids.two);
  });

  test("a refusal that was met while a use was at the vault outlasts that use", async () => {
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    world.vaults.setOutage("kv-one", undefined);
    const { port } = world.vaults;
    const { unwrapKey } = port;
    port.unwrapKey = async (...asked) => {
      const unwrapped = await unwrapKey(...asked);
      port.unwrapKey = unwrapKey;
      const failure = { code: "SsemUserErrorEncryptionKeyDisabled" } as const;
      await noteFailure({ store, now: () => NOW_MS }, ORDER, failure);
      return unwrapped;
    };
    expectOk(await release());
    expect(await readStanding(store, ORDER)).toMatchObject({ kind: "refused" });
  });

  test("a deleted key needs a person's order, given after the deletion was seen", async () => {
    world.vaults.deleteKey("kv-one", "kek");
    await order("west");
    pass(1);
    expect(await release()).toMatchObject({
      failure: {
        code: "SsemUserErrorKeyDetailsNotFound",
        detail: expect.stringContaining("after an owner confirms it"),
      },
    });
    pass(AFTER_MS);
    expect((await release()).ok).toBe(false);
    await order("west");
    expect(expectOk(await release()).kid).toBe(world.kids.two);
  });

  test("a person's order shortens the wait of an outage", async () => {
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    await order("west");
    expect(expectOk(await release()).kid).toBe(world.kids.two);
  });

  test("a disabled backup opens nothing, and the answer is still unreachable", async () => {
    world.vaults.setEnabled(world.kids.two, false);
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    pass(AFTER_MS);
    expect(await release()).toMatchObject({
      failure: {
        code: "KeyVaultUnreachable",
        detail: expect.stringContaining("west failed with SsemUserErrorEncryptionKeyDisabled"),
      },
    });
  });

  test("a recovery key is never asked: the broker has none", async () => {
    expectOk(await remove("west"));
    expectOk(await put("offline", OFFLINE));
    world.vaults.setOutage("kv-one", SILENT);
    await release();
    pass(AFTER_MS);
    expect((await release()).ok).toBe(false);
  });
});
