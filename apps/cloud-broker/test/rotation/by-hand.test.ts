// @module-tag one-engine
import type { DeviceClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { CUSTOMER_KEY, KEY_NAME, VAULT, VAULT_NAME } from "../world/customer-vault.ts";
import { TENANT_ID } from "../world/fake-identities.ts";
import { API, jobPath, userIdentity } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "patched";
const SECOND_VAULT = "kv-two";
const FLEET_IDENTITY = userIdentity("fleet");

let world: BrokerWorld;
let device: DeviceClient;
let principalId: string;
beforeEach(async () => {
  world = await openBroker();
  device = await world.delivered(JOB);
  world.vaults.addVault(SECOND_VAULT, { tenantId: TENANT_ID });
  principalId = (await job()).identity.principalId;
});
afterEach(() => world[Symbol.asyncDispose]());

const path = `${jobPath(JOB)}?${API}`;
const job = async () => (await world.call("GET", `${path}&$expand=details`)).json;
const useKey = (change: object, more: object = {}) =>
  world.call("PATCH", path, {
    body: { ...more, properties: { details: { keyEncryptionKey: change } } },
  });
const unlocked = async () => {
  const { answer, contentKey } = await device.unlock("unlock");
  expect(contentKey).toHaveLength(32);
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  return answer.value.kid;
};

type Answer = Awaited<ReturnType<typeof useKey>>;
/** Makes the new key, takes it, and names the version that is in force then. */
const KINDS: Readonly<Record<string, () => Promise<readonly [Answer, string]>>> = {
  "another version": async () => {
    const kid = world.vaults.rotate(VAULT_NAME, KEY_NAME);
    return [await useKey({ kekUrl: kid }), kid];
  },
  "another key of the same vault": async () => {
    const kid = world.vaults.addKey(VAULT_NAME, "key2");
    return [await useKey({ kekUrl: kid }), kid];
  },
  "a key of another vault": async () => {
    const kid = world.vaults.addKey(SECOND_VAULT, "key2");
    world.vaults.grant(SECOND_VAULT, principalId);
    const kekVaultResourceID = VAULT.replace(VAULT_NAME, SECOND_VAULT);
    return [await useKey({ kekUrl: kid, kekVaultResourceID }), kid];
  },
};

describe("PATCH to", () => {
  test.each(Object.entries(KINDS))(
    // Evidence: Rotation by PATCH.
    "%s: the appliance on the road unlocks by it with its old envelope, and gets the new one",
    async (_name, change) => {
      expect(await unlocked()).toBe(world.kid);
      const before = device.envelope?.generation ?? 0;
      const [{ status }, kid] = await change();
      expect(status).toBe(202);
      world.vaults.setEnabled(world.kid, false);
      expect(device.envelope?.generation).toBe(before);
      expect(await unlocked()).toBe(kid);
      expect(device.envelope?.generation).toBe(before + 1);
      expect((await job()).properties.details.keyEncryptionKey.kekUrl).toBe(kid);
    },
  );

  // Evidence: Rotation by PATCH.
  test("another identity: it alone is asked for the key from then on", async () => {
    const more = {
      identity: {
        type: "SystemAssigned,UserAssigned",
        userAssignedIdentities: { [FLEET_IDENTITY]: {} },
      },
    };
    const identityProperties = {
      type: "UserAssigned",
      userAssigned: { resourceId: FLEET_IDENTITY },
    };
    expect((await useKey({ identityProperties }, more)).status).toBe(202);
    world.vaults.revoke(VAULT_NAME, principalId);
    expect(await unlocked()).toBe(world.kid);
  });
});

/** Choices that a customer may make by mistake, or an attacker on purpose. */
const UNUSABLE: Readonly<Record<string, readonly [() => object, object]>> = {
  "a version that is disabled": [
    () => {
      const kid = world.vaults.rotate(VAULT_NAME, KEY_NAME);
      world.vaults.setEnabled(kid, false);
      return { kekUrl: kid };
    },
    { code: "SsemUserErrorEncryptionKeyDisabled" },
  ],
  "a foreign key, which the order's identity may not use": [
    () => ({
      kekUrl: world.vaults.addKey(SECOND_VAULT, "theirs"),
      kekVaultResourceID: VAULT.replace(VAULT_NAME, SECOND_VAULT),
    }),
    { code: "SsemUserErrorKeyVaultBadRequestException", details: [{ code: "access-policy" }] },
  ],
  "a version that does not exist": [
    () => ({ kekUrl: `https://${VAULT_NAME}.vault.test/keys/${KEY_NAME}/${"0".repeat(32)}` }),
    { code: "SsemUserErrorKeyDetailsNotFound" },
  ],
  "a key on a host that is not a vault": [
    () => ({ kekUrl: "https://kv-one.vault.example/keys/key1" }),
    { code: "SsemUserErrorKeyVaultUrlInvalidHost" },
  ],
};

describe("PATCH to", () => {
  test.each(Object.entries(UNUSABLE))(
    // Evidence: Refused new keys.
    "%s leaves the old key current, says why and who must act, and is in the activity",
    async (_name, [choose, expected]) => {
      const before = (await job()).properties.details.keyEncryptionKey;
      const { status, json } = await useKey({ ...CUSTOMER_KEY, ...choose() });
      expect({ status, error: json.error }).toMatchObject({ status: 400, error: expected });
      const recovery = json.error.additionalInfo.find(
        ({ type }: { type: string }) => type === "Recovery",
      );
      expect(recovery.info).toMatchObject({
        who: expect.stringMatching(/./) as string,
        steps: expect.arrayContaining([
          expect.objectContaining({ text: expect.any(String) as string }),
        ]) as unknown,
      });
      expect((await job()).properties.details.keyEncryptionKey).toEqual(before);
      const { json: activity } = await world.call("GET", `${jobPath(JOB)}/activity?${API}`);
      expect(activity.value.at(-1).row).toMatchObject({
        action: "key/change",
        code: json.error.code,
        actor: { kind: "caller" },
      });
      expect(await unlocked()).toBe(world.kid);
      expect(device.envelope?.generation).toBe(1);
    },
  );
});
