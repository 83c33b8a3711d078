import { parseEnvelope } from "@databox-cmk/crypto";
import { checkPasskey } from "@databox-cmk/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createAppendAudit } from "../../src/audit/append-audit.ts";
import type { AttachedIdentity, KeyChoice } from "../../src/core/order.ts";
import { createKeyCustody } from "../../src/custody/create-key-custody.ts";
import { destroyWrappings } from "../../src/custody/destroy-wrappings.ts";
import type { KeyCustody } from "../../src/custody/key-custody.ts";
import type { Store } from "../../src/store/store.ts";
import { keptBytes, openTestStore } from "../store/open-test-store.ts";
import { custodyDependencies, KNOWN_FOR_MS } from "../world/custody-dependencies.ts";
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
  MMK,
  NOW_MS,
  ORDER,
  releaseTo,
  replaceIdentities,
  SERIALS,
  subject,
  SYSTEM,
  unlockWith,
} from "./custody-world.ts";

let world: CustodyWorld;
let store: Store;
let custody: KeyCustody;

beforeEach(async () => {
  world = createCustodyWorld();
  store = await openTestStore(world.path);
  custody = world.custody(store);
});
afterEach(async () => {
  await store.destroy();
  world[Symbol.dispose]();
});

async function prepare(choice: KeyChoice): Promise<void> {
  expectOk(await custody.change(subject(), choice, ACTOR, insertOrder()));
  expectOk(await custody.generate(ORDER, SERIALS));
}
const destroy = (
  change: Parameters<typeof destroyWrappings>[2] = () => Promise.resolve({}),
): Promise<void> =>
  destroyWrappings(
    {
      store,
      appendAudit: createAppendAudit({ now: () => world.clock.nowMs }),
      now: () => world.clock.nowMs,
    },
    {
      chain: ORDER,
      action: "order/erase",
      context: { actor: ACTOR, correlationId: "erasure" },
    },
    change,
  );
const kidOfNodes = async () =>
  Promise.all(SERIALS.map(async (serial) => (await envelopeOf(custody, serial))?.kid));
const sealedPartOf = (jwe: unknown) => parseEnvelope(jwe).sealed;
const auditActions = () => readTrail(store, ORDER);

describe("generate", () => {
  it("makes one passkey for the order and an envelope for each node", async () => {
    await prepare(MMK);
    const passkeys = await Promise.all(SERIALS.map((serial) => unlockWith(custody, serial)));
    expect(new Set(passkeys).size).toBe(1);
    expect(checkPasskey(passkeys[0] ?? "")).toEqual([]);
    expect(await kidOfNodes()).toEqual([world.kids.service, world.kids.service]);
  });

  it("keeps what exists when it is repeated, and gives a late node the same passkey", async () => {
    expectOk(await custody.change(subject(), MMK, ACTOR, insertOrder()));
    expectOk(await custody.generate(ORDER, ["DBX-1"]));
    const first = await envelopeOf(custody, "DBX-1");
    expectOk(await custody.generate(ORDER, SERIALS));
    expectOk(await custody.generate(ORDER, SERIALS));
    expect(await envelopeOf(custody, "DBX-1")).toEqual(first);
    expect(await unlockWith(custody, "DBX-2")).toBe(await unlockWith(custody, "DBX-1"));
  });

  it("takes the customer's own passkey, and then forgets its envelope", async () => {
    const own = "Correct-Horse-9";
    const sealed = expectOk(
      await custody.sealOwnPasskey(subject(), customerKey("kv-one"), Buffer.from(own)),
    );
    expect(sealed).not.toContain(own);
    expectOk(
      await custody.change(subject(), customerKey("kv-one"), ACTOR, async (transaction) => {
        await insertOrder()(transaction);
        await transaction
          .insertInto("own_passkeys")
          .values({ order_id: ORDER, envelope_json: sealed })
          .execute();
      }),
    );
    // The key may change before preparation; the passkey moves along.
    expectOk(await custody.change(subject(), customerKey("kv-two"), ACTOR));
    world.vaults.purgeVault("kv-one");
    expectOk(await custody.generate(ORDER, SERIALS));
    expect(await unlockWith(custody, "DBX-2")).toBe(own);
    expect(await store.selectFrom("own_passkeys").select("order_id").execute()).toEqual([]);
  });

  it("commits what the caller adds, or nothing at all", async () => {
    expectOk(await custody.change(subject(), MMK, ACTOR, insertOrder()));
    const failing = custody.generate(ORDER, SERIALS, () =>
      Promise.reject(new Error("the caller's own")),
    );
    await expect(failing).rejects.toThrow("the caller's own");
    expect(await envelopeOf(custody, "DBX-1")).toBeUndefined();
  });
});

describe("change", () => {
  it("re-wraps every node and leaves the ciphertext as it is", async () => {
    await prepare(MMK);
    const before = await envelopeOf(custody, "DBX-1");
    const passkey = await unlockWith(custody, "DBX-1");
    const validation = expectOk(await custody.change(subject(), customerKey("kv-one"), ACTOR));
    expect(validation.outcome).toEqual({ ok: true, value: { kid: world.kids.one } });
    const after = await envelopeOf(custody, "DBX-1");
    expect(after).toMatchObject({ generation: 2, kid: world.kids.one, env: before?.env });
    expect(sealedPartOf(after?.jwe)).toEqual(sealedPartOf(before?.jwe));
    expect(await unlockWith(custody, "DBX-1")).toBe(passkey);
    expect(await unlockWith(custody, "DBX-2")).toBe(passkey);
  });

  it("keeps old wrappings until they are acknowledged, and never uses them", async () => {
    await prepare(customerKey("kv-one"));
    expectOk(await custody.change(subject(), customerKey("kv-two"), ACTOR));
    world.vaults.purgeVault("kv-one");
    await unlockWith(custody, "DBX-1");
    const generations = await store
      .selectFrom("envelopes")
      .select("generation")
      .where("serial", "=", "DBX-1")
      .execute();
    expect(generations).toHaveLength(2);
  });

  it("follows a versionless address to its newest version when it is set again", async () => {
    await prepare(customerKey("kv-one"));
    const newest = world.vaults.rotate("kv-one", "kek");
    expect(await unlockWith(custody, "DBX-1")).toBeTypeOf("string");
    expectOk(await custody.change(subject(), customerKey("kv-one"), ACTOR));
    expect(await kidOfNodes()).toEqual([newest, newest]);
    world.vaults.setEnabled(world.kids.one, false);
    expect(await unlockWith(custody, "DBX-2")).toBeTypeOf("string");
  });

  it.each([
    [
      "the new key is disabled",
      () => world.vaults.setEnabled(world.kids.two, false),
      "SsemUserErrorEncryptionKeyDisabled",
      undefined,
    ],
    [
      "the new key is not granted",
      () => world.vaults.revoke("kv-two", SYSTEM.principalId),
      "SsemUserErrorKeyVaultBadRequestException",
      "access-policy",
    ],
    [
      "the new key may wrap but not unwrap",
      () => world.vaults.grant("kv-two", SYSTEM.principalId, ["get", "wrapKey"]),
      "SsemUserErrorKeyVaultBadRequestException",
      "access-policy",
    ],
    [
      "the new vault does not answer",
      () => world.vaults.setOutage("kv-two", { code: "KeyVaultUnreachable", reason: "timeout" }),
      "KeyVaultUnreachable",
      "timeout",
    ],
    [
      "the old key is disabled",
      () => world.vaults.setEnabled(world.kids.one, false),
      "SsemUserErrorEncryptionKeyDisabled",
      undefined,
    ],
    [
      "the old key is no longer granted",
      () => world.vaults.revoke("kv-one", SYSTEM.principalId),
      "SsemUserErrorKeyVaultBadRequestException",
      "access-policy",
    ],
    [
      "the old vault is gone",
      () => world.vaults.purgeVault("kv-one"),
      "SsemUserErrorKeyVaultDetailsNotFound",
      "vault-not-found",
    ],
  ])("leaves the old key current when %s, and says why", async (_case, breakIt, code, reason) => {
    await prepare(customerKey("kv-one"));
    const rows = await store.selectFrom("order_keys").selectAll().execute();
    breakIt();
    const outcome = await custody.change(subject(), customerKey("kv-two"), ACTOR);
    expect(outcome).toMatchObject({ ok: false, failure: { code } });
    expect(outcome.ok ? "" : outcome.failure.reason).toBe(reason);
    expect(await store.selectFrom("order_keys").selectAll().execute()).toEqual(rows);
    expect(await kidOfNodes()).toEqual([world.kids.one, world.kids.one]);
    expect((await auditActions()).at(-1)).toMatchObject({ action: "key/change", code });
  });

  it("says that it is the old key that cannot be read", async () => {
    await prepare(customerKey("kv-one"));
    world.vaults.setEnabled(world.kids.one, false);
    const outcome = await custody.change(subject(), customerKey("kv-two"), ACTOR);
    expect(outcome).toMatchObject({
      ok: false,
      failure: {
        detail: expect.stringContaining("current key") as string,
        facts: { vaultName: "kv-one" },
      },
    });
  });

  it("moves away from an expired key, which still unwraps for recovery", async () => {
    await prepare(customerKey("kv-one"));
    world.vaults.setExpiry(world.kids.one, NOW_MS / 1000 - 1);
    expectOk(await custody.change(subject(), customerKey("kv-two"), ACTOR));
    expect(await unlockWith(custody, "DBX-1")).toBeTypeOf("string");
  });

  it("takes a new identity for the old key, once that one is granted", async () => {
    await prepare(customerKey("kv-one"));
    const successor: AttachedIdentity = {
      ...SYSTEM,
      principalId: "principal-2",
      resourceId: `${SYSTEM.resourceId}b`,
    };
    world.vaults.removeIdentity(SYSTEM.principalId);
    const change = () =>
      custody.change(
        subject([successor]),
        customerKey("kv-one"),
        ACTOR,
        replaceIdentities([successor]),
      );
    expect(await change()).toMatchObject({ ok: false, failure: { reason: "access-policy" } });
    world.vaults.grant("kv-one", "principal-2");
    expectOk(await change());
    expect(await unlockWith(custody, "DBX-1")).toBeTypeOf("string");
  });

  it("moves to another vault by a new identity where the old one is gone", async () => {
    await prepare(customerKey("kv-one"));
    const successor: AttachedIdentity = {
      ...SYSTEM,
      principalId: "principal-2",
      resourceId: `${SYSTEM.resourceId}b`,
    };
    world.vaults.removeIdentity(SYSTEM.principalId);
    world.vaults.grant("kv-two", "principal-2");
    const change = () =>
      custody.change(
        subject([successor]),
        customerKey("kv-two"),
        ACTOR,
        replaceIdentities([successor]),
      );
    expect(await change()).toMatchObject({
      ok: false,
      failure: { code: "SsemUserErrorSystemAssignedIdentityAbsent" },
    });
    world.vaults.grant("kv-one", "principal-2");
    expectOk(await change());
    expect(await unlockWith(custody, "DBX-1")).toBeTypeOf("string");
  });

  // Evidence: Re-wrapping one order.
  it("lets exactly one of two concurrent changes win", async () => {
    await prepare(MMK);
    const together = meetingOf(2);
    const rival = world.custody(store, {
      ...world.vaults.port,
      // Both have read which key is in force when they open what it wraps.
      unwrapKey: async (...call) => {
        if (call[1] === world.kids.service) await together();
        return world.vaults.port.unwrapKey(...call);
      },
    });
    const outcomes = await Promise.all([
      rival.change(subject(), customerKey("kv-one"), ACTOR),
      rival.change(subject(), customerKey("kv-two"), ACTOR),
    ]);
    const winners = outcomes.filter(({ ok }) => ok);
    expect(winners).toHaveLength(1);
    expect(outcomes.find(({ ok }) => !ok)).toMatchObject({ failure: { code: "RewrapConflict" } });
    expect(new Set(await kidOfNodes()).size).toBe(1);
    expect(await unlockWith(custody, "DBX-1")).toBe(await unlockWith(custody, "DBX-2"));
  });

  it("and a preparation that it overtakes still end with one key for all nodes", async () => {
    expectOk(await custody.change(subject(), MMK, ACTOR, insertOrder()));
    const outcomes = await Promise.all([
      custody.generate(ORDER, SERIALS),
      custody.change(subject(), customerKey("kv-one"), ACTOR),
    ]);
    expect(outcomes.filter(({ ok }) => ok).length).toBeGreaterThan(0);
    expectOk(await custody.generate(ORDER, SERIALS));
    expect(new Set(await kidOfNodes()).size).toBe(1);
    expect(await unlockWith(custody, "DBX-1")).toBe(await unlockWith(custody, "DBX-2"));
  });

  it("of a new order commits order and key together, or neither", async () => {
    world.vaults.setEnabled(world.kids.one, false);
    const outcome = await custody.change(subject(), customerKey("kv-one"), ACTOR, insertOrder());
    expect(outcome).toMatchObject({
      ok: false,
      failure: { code: "SsemUserErrorEncryptionKeyDisabled" },
    });
    expect(await store.selectFrom("orders").select("id").execute()).toEqual([]);
  });
});

describe("releaseContentKey", () => {
  it.each([
    [
      "disabled",
      () => world.vaults.setEnabled(world.kids.one, false),
      "SsemUserErrorEncryptionKeyDisabled",
      undefined,
    ],
    [
      // Evidence: An expired key that still unwraps.
      "expired, although Key Vault would unwrap",
      () => world.vaults.setExpiry(world.kids.one, NOW_MS / 1000 - 1),
      "SsemUserErrorEncryptionKeyExpired",
      undefined,
    ],
    [
      "not yet valid, although Key Vault would unwrap",
      () => world.vaults.setNotBefore(world.kids.one, NOW_MS / 1000 + 60),
      "KeyNotYetValid",
      undefined,
    ],
    [
      "deleted",
      () => world.vaults.deleteKey("kv-one", "kek"),
      "SsemUserErrorKeyDetailsNotFound",
      "key-deleted-recoverable",
    ],
    [
      "just purged",
      () => world.vaults.purgeKey("kv-one", "kek"),
      "SsemUserErrorKeyDetailsNotFound",
      "key-not-found",
    ],
    [
      "not granted",
      () => world.vaults.revoke("kv-one", SYSTEM.principalId),
      "SsemUserErrorKeyVaultBadRequestException",
      "access-policy",
    ],
    [
      "without unwrapKey among its operations",
      () => world.vaults.setOperations(world.kids.one, ["wrapKey"]),
      "SsemUserErrorKeyVaultBadRequestException",
      "key-operation",
    ],
    [
      "in a deleted vault",
      () => world.vaults.deleteVault("kv-one"),
      "SsemUserErrorKeyVaultDetailsNotFound",
      "vault-deleted-recoverable",
    ],
    [
      "in a vault that is gone",
      () => world.vaults.purgeVault("kv-one"),
      "SsemUserErrorKeyVaultDetailsNotFound",
      "vault-not-found",
    ],
    [
      "behind an outage",
      () => world.vaults.setOutage("kv-one", { code: "KeyVaultUnreachable", reason: "connection" }),
      "KeyVaultUnreachable",
      "connection",
    ],
    [
      "used by an identity that was deleted",
      () => world.vaults.removeIdentity(SYSTEM.principalId),
      "SsemUserErrorSystemAssignedIdentityAbsent",
      "identity-deleted",
    ],
  ])("names its reason when the key is %s", async (_case, breakIt, code, reason) => {
    await prepare(customerKey("kv-one"));
    breakIt();
    // As old as the key's dates may be.
    world.clock.nowMs += KNOWN_FOR_MS;
    const outcome = await releaseTo(custody, "DBX-1");
    expect(outcome).toMatchObject({
      ok: false,
      failure: {
        code,
        facts: {
          orderName: "order-1",
          vaultName: "kv-one",
          keyName: "kek",
          principalId: "principal-1",
        },
      },
    });
    expect(outcome.ok ? "" : outcome.failure.reason).toBe(reason);
  });

  it("calls a missing key purged only when a deletion would have shown", async () => {
    await prepare(customerKey("kv-one"));
    world.vaults.purgeKey("kv-one", "kek");
    await releaseTo(custody, "DBX-1");
    world.clock.nowMs += 60_000;
    expect(await releaseTo(custody, "DBX-1")).toMatchObject({
      failure: { reason: "key-purged" },
    });
  });

  it("never blames the customer for the service's own key", async () => {
    await prepare(MMK);
    world.vaults.setEnabled(world.kids.service, false);
    expect(await releaseTo(custody, "DBX-1")).toMatchObject({
      failure: { code: "PasskeyUnavailable" },
    });
    world.vaults.setOutage("kv-service", { code: "KeyVaultThrottled" });
    expect(await releaseTo(custody, "DBX-1")).toMatchObject({
      failure: { code: "KeyVaultThrottled" },
    });
  });

  it("says that nothing was generated before preparation and after erasure", async () => {
    expectOk(await custody.change(subject(), MMK, ACTOR, insertOrder()));
    const absent = { ok: false, failure: { code: "SsemUserErrorSecretsNotGenerated" } };
    expect(await releaseTo(custody, "DBX-1")).toEqual(absent);
    expect(await custody.revealPasskeys(ORDER)).toEqual(absent);
    expectOk(await custody.generate(ORDER, SERIALS));
    await destroy();
    expect(await releaseTo(custody, "DBX-1")).toEqual(absent);
    expect(await store.selectFrom("envelopes").select("env").execute()).toEqual([]);
  });

  it("refuses an envelope that names another key than the order, without asking any vault", async () => {
    await prepare(customerKey("kv-one"));
    await store
      .updateTable("order_keys")
      .set({ kek_url: "https://kv-two.vault.test/keys/kek" })
      .execute();
    world.vaults.setOutage("kv-one", { code: "KeyVaultThrottled" });
    world.vaults.setOutage("kv-two", { code: "KeyVaultThrottled" });
    expect(await releaseTo(custody, "DBX-1")).toMatchObject({
      failure: { code: "PasskeyUnavailable" },
    });
  });
});

describe("revealPasskeys", () => {
  it("shows one passkey for each node, in the order of the nodes", async () => {
    await prepare(customerKey("kv-one"));
    const revealed = expectOk(await custody.revealPasskeys(ORDER));
    expect(revealed.map(({ serial }) => serial)).toEqual(SERIALS);
    const [first, second] = revealed.map(({ passkey }) => new TextDecoder().decode(passkey));
    expect(first).toBe(second);
    expect(first).toBe(await unlockWith(custody, "DBX-1"));
  });

  it("shows nothing when a node gets a share instead of a passkey meanwhile", async () => {
    await prepare(customerKey("kv-one"));
    const { port, resources } = world.vaults;
    const now = () => world.clock.nowMs;
    const splitting = createKeyCustody(
      custodyDependencies({
        store,
        vaults: port,
        resources,
        now,
        custodyOf: () => Promise.resolve({ kind: "split" }),
      }),
    );
    const { id } = expectOk(await splitting.proposeRekey(ORDER, "DBX-2", () => undefined));
    const slow = world.custody(store, {
      ...port,
      async unwrapKey(...asked) {
        await world.confirmRekey(store, "DBX-2", id);
        return port.unwrapKey(...asked);
      },
    });
    expect(await slow.revealPasskeys(ORDER)).toMatchObject({
      failure: { code: "PasskeyNotInEscrow" },
    });
  });
});

describe("destroy", () => {
  it("names what it destroyed, and destroys nothing when the rest of the commit fails", async () => {
    await prepare(customerKey("kv-one"));
    const held = await kidOfNodes();
    const crash = new Error("crash");
    await expect(destroy(() => Promise.reject(crash))).rejects.toBe(crash);
    expect(await kidOfNodes()).toEqual(held);
    let named: unknown;
    await destroy(async (_transaction, destroyed) => {
      named = destroyed.map(({ serial, kid }) => [serial, kid]);
      return {};
    });
    expect(named).toEqual(SERIALS.map((serial) => [serial, world.kids.one]));
  });

  it("leaves no wrapped key in the database, nor in its write-ahead log", async () => {
    await prepare(customerKey("kv-one"));
    expectOk(await custody.change(subject(), customerKey("kv-two"), ACTOR));
    const rows = await store.selectFrom("envelopes").select("jwe_json").execute();
    const wrapped = rows.flatMap(({ jwe_json: json }) =>
      parseEnvelope(json)
        .toJSON()
        .recipients.map(({ encrypted_key: key }) => key),
    );
    await destroy();
    expect(wrapped.length).toBe(4);
    const kept = await keptBytes(store, world.path);
    expect(kept.length).toBeGreaterThan(1_000);
    expect(wrapped.filter((key) => kept.includes(key))).toEqual([]);
  });
});
