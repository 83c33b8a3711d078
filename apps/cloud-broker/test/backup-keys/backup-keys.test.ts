import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { LeaseClient, openTemporaryFolder } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { fakeVaultId } from "../azure/fake-key-vaults.ts";
import { VAULT_NAME } from "../world/customer-vault.ts";
import { TENANT_ID } from "../world/fake-identities.ts";
import { API, jobPath, minimalJob } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "backed-up";
const SILENT = { code: "KeyVaultUnreachable", reason: "timeout" } as const;
const AFTER_SECONDS = 900;
const IDENTITY =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/backup";
const WEST = {
  kind: "Vault",
  kekUrl: "https://kv-west.vault.test/keys/kek",
  kekVaultResourceID: fakeVaultId("kv-west"),
  identityProperties: { type: "UserAssigned", userAssigned: { resourceId: IDENTITY } },
} as const;

let world: BrokerWorld;
let westKid: string;
beforeEach(async () => {
  world = await openBroker();
  world.vaults.addVault("kv-west", { tenantId: TENANT_ID, location: "westeurope" });
  westKid = world.vaults.addKey("kv-west", "kek");
});
afterEach(() => world[Symbol.asyncDispose]());

const pass = (seconds: number) => {
  world.clock.nowMs += seconds * 1000;
};
const call = (method: string, what: string, body?: object, roles = ["Owner"]) =>
  world.call(method, `${jobPath(JOB)}${what}?${API}`, {
    claims: { roles },
    ...(body === undefined ? {} : { body }),
  });
const activity = async (): Promise<Record<string, unknown>[]> => {
  const { json } = await call("GET", "/activity");
  return json.value.map(({ row }: { row: Record<string, unknown> }) => row);
};

/**
 * A delivered device whose order has a backup in another vault, asked by an identity of its own.
 */
async function backedUp() {
  const device = await world.delivered(JOB);
  const identity = {
    identity: { type: "SystemAssigned,UserAssigned", userAssignedIdentities: { [IDENTITY]: {} } },
  };
  expect((await call("PATCH", "", identity)).status).toBe(202);
  const attached = await world
    .store()
    .selectFrom("order_identities")
    .select("principal_id")
    .where("kind", "=", "user")
    .executeTakeFirstOrThrow();
  world.vaults.revoke(VAULT_NAME, attached.principal_id);
  world.vaults.grant("kv-west", attached.principal_id);
  expect((await call("PUT", "/backupKeys/west", WEST)).status).toBe(200);
  return device;
}

const lose = () => {
  world.vaults.setOutage(VAULT_NAME, SILENT);
};

const opened = async () => {
  const device = await backedUp();
  lose();
  await device.unlock("unlock");
  pass(AFTER_SECONDS);
  return LeaseClient.unlock(device);
};

const use = (roles?: string[]) =>
  call("POST", "/backupKeys/west/use", { reason: "deleted by mistake", hours: 2 }, roles);

describe("the backup keys of an order", () => {
  test("are written, read, listed and removed", async () => {
    await backedUp();
    const view = { name: "west", kind: "Vault", kid: westKid, kekUrl: WEST.kekUrl };
    expect(await call("GET", "/backupKeys/WEST")).toMatchObject({ status: 200, json: view });
    expect((await call("GET", "/backupKeys")).json).toMatchObject({
      value: [view],
      keyInForce: { standing: "Working" },
    });
    expect((await call("DELETE", "/backupKeys/west")).status).toBe(200);
    expect((await call("DELETE", "/backupKeys/west")).status).toBe(204);
    expect((await call("GET", "/backupKeys/west")).status).toBe(404);
    expect((await activity()).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["backupKey/put", "backupKey/delete"]),
    );
  });

  test.each<readonly [string, object, string]>([
    ["without a kind", {}, "InvalidRequestContent"],
    ["with a member too many", { ...WEST, more: 1 }, "InvalidRequestContent"],
    [
      "with a foreign host",
      { ...WEST, kekUrl: "https://evil.example/keys/k" },
      "SsemUserErrorKeyVaultUrlInvalidHost",
    ],
    [
      "without scheme",
      { ...WEST, kekUrl: "http://kv-west.vault.test/keys/kek" },
      "SsemUserErrorKeyVaultUrlWithInvalidScheme",
    ],
    ["of an identity that is not attached", WEST, "SsemUserErrorUserAssignedIdentityAbsent"],
    [
      "that is a private key",
      {
        kind: "RecoveryKey",
        publicKey: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
          format: "jwk",
        }),
      },
      "InvalidRequestContent",
    ],
  ])("%s are refused by name", async (_name, body, code) => {
    await world.delivered(JOB);
    const answer = await call("PUT", "/backupKeys/west", body);
    expect(answer.json).toMatchObject({ error: { code } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(JSON.stringify(answer.json)).not.toContain('"d":');
  });

  // Evidence: Safe to disable.
  test("count where it is asked which versions may be disabled", async () => {
    await backedUp();
    expect((await call("GET", "/keyVersions")).json.value).toContainEqual(
      expect.objectContaining({
        kid: westKid,
        backupOrders: 1,
        safeToDisable: false,
        reason: "Disabling it takes the backup key of 1 order.",
      }),
    );
    await call("DELETE", "/backupKeys/west");
    const { json } = await call("GET", "/keyVersions");
    expect(json.value.map(({ kid }: { kid: string }) => kid)).toEqual([world.kid]);
  });

  test("need a key of the customer's that they can replace", async () => {
    await call("PUT", "", minimalJob());
    expect(await call("PUT", "/backupKeys/west", WEST)).toMatchObject({
      status: 400,
      json: { error: { code: "InvalidRequestContent" } },
    });
  });
});

describe("an unlock while the first vault is lost", () => {
  // Evidence: Backup keys of another vault.
  test("works through the second after the bound; grant, audit and list say so", async () => {
    const device = await backedUp();
    lose();
    expect((await device.unlock("unlock")).answer).toMatchObject({
      kind: "denial",
      value: { code: "KeyVaultUnreachable", class: "unreachable" },
    });
    expect((await call("GET", "/backupKeys")).json.keyInForce).toMatchObject({
      standing: "Unreachable",
      code: "KeyVaultUnreachable",
    });
    pass(AFTER_SECONDS);
    const { answer } = await device.unlock("unlock");
    expect(answer).toMatchObject({ kind: "answer", value: { kid: westKid } });
    const rows = await activity();
    expect(rows.at(-2)).toMatchObject({ action: "backupKey/use", kid: westKid });
    expect(rows.at(-1)).toMatchObject({
      action: "unlock",
      kid: westKid,
      detail: { backupKey: "west", because: "KeyVaultUnreachable" },
    });
    expect(rows.at(-2)?.["correlationId"]).toBe(rows.at(-1)?.["correlationId"]);
  });

  test("leaves the health of the current key as its vault left it", async () => {
    const device = await backedUp();
    lose();
    await device.unlock("unlock");
    pass(AFTER_SECONDS);
    await device.unlock("unlock");
    await world.broker().idle();
    const { json } = await call("GET", "/keyHealth");
    expect(json.state).not.toBe("Unusable");
    world.vaults.setOutage(VAULT_NAME, undefined);
    world.vaults.setEnabled(world.kid, false);
    expect((await device.unlock("unlock")).answer).toMatchObject({
      value: { code: "SsemUserErrorEncryptionKeyDisabled" },
    });
  });

  test("works again after a refusal that a check of the key has seen end", async () => {
    const device = await backedUp();
    const standing = async () => (await call("GET", "/backupKeys")).json.keyInForce.standing;
    world.vaults.setEnabled(world.kid, false);
    await device.unlock("unlock");
    await world.broker().idle();
    expect(await standing()).toBe("Refused");
    world.vaults.setEnabled(world.kid, true);
    expect((await call("POST", "/keyHealth/check")).json.state).toBe("Healthy");
    expect(await standing()).toBe("Working");
    lose();
    await device.unlock("unlock");
    await world.broker().idle();
    pass(AFTER_SECONDS);
    expect((await device.unlock("unlock")).answer).toMatchObject({ value: { kid: westKid } });
  });

  test("works again after a refusal that a probe had seen, once a check has used the key", async () => {
    await LeaseClient.unlock(await backedUp());
    const standing = async () => (await call("GET", "/backupKeys")).json.keyInForce.standing;
    pass(30);
    world.vaults.setEnabled(world.kid, false);
    await world.broker().probe();
    expect(await standing()).toBe("Refused");
    pass(1);
    world.vaults.setEnabled(world.kid, true);
    expect((await call("POST", "/keyHealth/check")).json.state).toBe("Healthy");
    expect(await standing()).toBe("Working");
  });

  test("is refused by a refusal that came while a check was at the vault", async () => {
    const device = await backedUp();
    const { port } = world.vaults;
    const { unwrapKey } = port;
    port.unwrapKey = async (...asked) => {
      const unwrapped = await unwrapKey(...asked);
      port.unwrapKey = unwrapKey;
      pass(1);
      world.vaults.setEnabled(world.kid, false);
      await device.unlock("unlock");
      await world.broker().idle();
      return unwrapped;
    };
    expect((await call("POST", "/keyHealth/check")).json.state).toBe("Unusable");
    expect((await call("GET", "/backupKeys")).json.keyInForce.standing).toBe("Refused");
  });

  test("is refused after a refusal that only a check has seen, which the list says", async () => {
    const device = await backedUp();
    world.vaults.setEnabled(world.kid, false);
    expect((await call("POST", "/keyHealth/check")).json.state).toBe("Unusable");
    expect((await call("GET", "/backupKeys")).json.keyInForce).toMatchObject({
      standing: "Refused",
      code: "SsemUserErrorEncryptionKeyDisabled",
    });
    lose();
    await device.unlock("unlock");
    pass(AFTER_SECONDS);
    expect((await device.unlock("unlock")).answer).toMatchObject({ kind: "denial" });
  });

  test("is refused after a refusal that a check has seen, also by a clock that was set back since the last unlock", async () => {
    const device = await backedUp();
    pass(60);
    await LeaseClient.unlock(device);
    pass(-3600);
    world.vaults.setEnabled(world.kid, false);
    expect((await call("POST", "/keyHealth/check")).json.state).toBe("Unusable");
    expect((await call("GET", "/backupKeys")).json.keyInForce.standing).toBe("Refused");
    lose();
    await device.unlock("unlock");
    pass(AFTER_SECONDS);
    expect((await device.unlock("unlock")).answer).toMatchObject({ kind: "denial" });
  });

  test("finds the vault silent in the list as in the key's health, also without a backup", async () => {
    const device = await world.delivered(JOB);
    lose();
    await device.unlock("unlock");
    expect((await call("GET", "/keyHealth")).json.inconclusive.code).toBe("KeyVaultUnreachable");
    expect((await call("GET", "/backupKeys")).json.keyInForce).toEqual({
      standing: "Unreachable",
      code: "KeyVaultUnreachable",
      since: expect.any(String),
    });
  });

  test("by a kill switch is refused, backup or not", async () => {
    const device = await backedUp();
    lose();
    await device.unlock("unlock");
    pass(AFTER_SECONDS);
    await call("POST", "/revoke", { reason: "stolen" });
    expect((await device.unlock("unlock")).answer).toMatchObject({
      value: { code: "UnlockRevoked" },
    });
    expect(await call("GET", "/envelopes")).toMatchObject({
      status: 403,
      json: { error: { code: "UnlockRevoked" } },
    });
  });
});

describe("a lease that a backup opened", () => {
  test("lives while the first vault is silent, and both keys are probed", async () => {
    const holder = await opened();
    expect(await world.broker().probe()).toBe(2);
    pass(30);
    await world.broker().probe();
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
  });

  test.each<readonly [string, () => void]>([
    [
      "the backup is disabled",
      () => {
        world.vaults.setEnabled(westKid, false);
      },
    ],
    [
      "the first vault comes back and says no",
      () => {
        world.vaults.setOutage(VAULT_NAME, undefined);
        world.vaults.setEnabled(world.kid, false);
      },
    ],
    [
      "the first vault comes back with its key deleted",
      () => {
        world.vaults.setOutage(VAULT_NAME, undefined);
        world.vaults.deleteKey(VAULT_NAME, "key1");
      },
    ],
  ])("ends when %s", async (_name, happen) => {
    const holder = await opened();
    await world.broker().probe();
    happen();
    pass(30);
    await world.broker().probe();
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.relock);
  });

  test("depends on the current key once the backup is removed", async () => {
    const holder = await opened();
    world.vaults.setOutage(VAULT_NAME, undefined);
    expect((await call("DELETE", "/backupKeys/west")).status).toBe(200);
    world.vaults.setEnabled(westKid, false);
    await world.broker().probe();
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
  });
});

describe("the order to use a backup now", () => {
  test("is an owner's alone", async () => {
    await backedUp();
    for (const role of ["Contributor", "DataBoxContributor", "DataBoxOperator", "Reader"])
      expect((await use([role])).status).toBe(403);
  });

  test("is refused while the key works, and for a key that was withdrawn", async () => {
    await backedUp();
    expect(await use()).toMatchObject({
      status: 400,
      json: { error: { code: "InvalidRequestContent" } },
    });
    world.vaults.setEnabled(world.kid, false);
    expect((await use()).json).toMatchObject({
      error: { code: "SsemUserErrorEncryptionKeyDisabled" },
    });
    lose();
    expect((await use()).status).toBeGreaterThanOrEqual(400);
  });

  // Evidence: Backup keys of another vault.
  test("opens what a deletion has closed, is shown and audited, and ends with its hours or at once", async () => {
    const device = await backedUp();
    world.vaults.deleteKey(VAULT_NAME, "key1");
    expect((await device.unlock("unlock")).answer).toMatchObject({
      value: { code: "SsemUserErrorKeyDetailsNotFound" },
    });
    expect(await use()).toMatchObject({
      status: 200,
      json: { order: { reason: "deleted by mistake" } },
    });
    const holder = await LeaseClient.unlock(device);
    await world.broker().probe();
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
    expect((await activity()).map(({ action }) => action)).toContain("backupKey/order");

    expect((await call("DELETE", "/backupKeys/west/use")).status).toBe(200);
    expect((await call("DELETE", "/backupKeys/west/use")).status).toBe(204);
    pass(30);
    await world.broker().probe();
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.relock);
    expect((await device.unlock("unlock")).answer).toMatchObject({ kind: "denial" });

    expect((await use()).status).toBe(200);
    pass(2 * 3600);
    expect((await device.unlock("unlock")).answer).toMatchObject({ kind: "denial" });
  });
});

describe("a recovery key", () => {
  const tools = ["openssl", "jose", "jq"];
  const missing = tools.filter((tool) => spawnSync(tool, ["--help"]).error !== undefined);
  // oxlint-disable-next-line node/no-process-env -- where all tools must be there, nothing is skipped
  const mayBeMissing = process.env["CI"] === undefined;
  const page = readFileSync(
    new URL("../../../../docs/customer/backup-keys.md", import.meta.url),
    "utf8",
  );
  /** The shell blocks of a section, as a reader would copy them. */
  const blocksOf = (title: string): string[] => {
    const section = page.split(`### ${title}\n`)[1]?.split("\n### ")[0] ?? "";
    return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
  };

  test.for([
    { kind: "PEM", make: 0, open: "Open with openssl" },
    { kind: "JWK", make: 1, open: "Open with jose" },
  ])(
    // Evidence: Offline recovery keys.
    "made as $kind by the documented commands opens an exported envelope by the documented commands",
    async ({ make, open }, { skip }) => {
      skip(missing.length > 0 && mayBeMissing, `not installed: ${missing.join(", ")}`);
      using folder = openTemporaryFolder();
      const run = (script = "exit 1") => {
        const { status, stdout, stderr } = spawnSync("sh", ["-euc", script], { cwd: folder.path });
        expect({ status, stderr: status === 0 ? "" : stderr.toString() }).toEqual({
          status: 0,
          stderr: "",
        });
        return stdout.toString();
      };
      await backedUp();
      run(blocksOf("Make the key")[make]);
      const body: unknown = JSON.parse(readFileSync(join(folder.path, "backup-key.json"), "utf8"));
      expect((await call("PUT", "/backupKeys/offline", Object(body))).status).toBe(200);
      const exported = await call("GET", "/envelopes", undefined, ["DataBoxOperator"]);
      expect(exported.json.value[0].recipients.map(({ of }: { of: string }) => of)).toEqual([
        "RecoveryKey",
      ]);
      writeFileSync(join(folder.path, "envelopes.json"), JSON.stringify(exported.json));
      const shown = await call("POST", "/listCredentials");
      expect(run(blocksOf(open)[0])).toBe(
        shown.json.value[0].jobSecrets.podSecrets[0].devicePassword,
      );
      expect((await activity()).map(({ action }) => action)).toContain("order/exportEnvelopes");
      expect((await call("GET", "/envelopes", undefined, ["Reader"])).status).toBe(403);
    },
  );
});
