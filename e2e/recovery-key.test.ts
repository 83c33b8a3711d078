import { constants, createDecipheriv, privateDecrypt } from "node:crypto";

import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { createTransport, type CustomerKey, type StoryOrder } from "@databox-cmk/local-stack";
import { envelopeExport } from "@databox-cmk/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createJsonClient } from "./fault-matrix/world/json-client.ts";
import { expectedProof } from "./harness/cryptsetup.ts";
import { requireOk, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { callOrder, readActivity } from "./harness/order-actions.ts";
import { makeRecoveryKey } from "./harness/recovery-key.ts";
import { runDaemon } from "./harness/run-daemon.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "./harness/shipped-appliance.ts";

const SERIAL = "DBX-recovered";
const BACKUP = "backupKeys/offline";

let world: World;
let order: StoryOrder;
let key: CustomerKey;
let node: EmulatedNode;
beforeAll(async () => {
  world = await openWorld();
  order = await placeOrder(world, "recovered");
  const appliance = await prepareAppliance(world, order, [SERIAL]);
  node = appliance.node(SERIAL);
  key = await takeOwnKey(world, order, "contosolost");
  await shipAppliance(world, order, appliance);
});
afterAll(() => world[Symbol.asyncDispose]());

async function loseVault(): Promise<void> {
  using transport = createTransport(world.stack.caPem);
  const { status, text } = await createJsonClient(transport.agent)(
    "POST",
    `${world.stack.description.emulatorControlUrl}/faults`,
    {
      body: {
        scope: { service: "key-vault", vault: key.vaultName },
        effect: { kind: "connection-reset" },
      },
    },
  );
  if (status >= 300) throw new Error(text);
}

const bytes = (text = "") => Buffer.from(text, "base64url");

/** RFC 7516 by hand: the owner of the private key and the file needs none of our programs. */
function openByHand(file: string, privateKey: string): string {
  const [exported] = envelopeExport.parse(JSON.parse(file)).value;
  const jwe = exported?.jwe as {
    readonly protected: string;
    readonly iv: string;
    readonly ciphertext: string;
    readonly tag: string;
    readonly recipients: readonly { readonly encrypted_key: string }[];
  };
  const contentKey = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    bytes(jwe.recipients[0]?.encrypted_key),
  );
  const decipher = createDecipheriv("aes-256-gcm", contentKey, bytes(jwe.iv));
  decipher.setAAD(Buffer.from(jwe.protected, "ascii")).setAuthTag(bytes(jwe.tag));
  return decipher.update(bytes(jwe.ciphertext), undefined, "utf8") + decipher.final("utf8");
}

// Evidence: Offline recovery keys.
test("a recovery key that only the customer has opens the appliance when the vault is lost, and the order's activity shows each step", async () => {
  const { publicKey, privateKey } = makeRecoveryKey();
  await callOrder(world, order, "PUT", BACKUP, { kind: "RecoveryKey", publicKey });
  const { text: file } = await callOrder(world, order, "GET", "envelopes");
  expect(await unlockNode(node)).toMatchObject({ outcome: "unlocked", kid: key.kid });
  requireOk(await node.agent(["lock"]));

  await loseVault();
  expect((await node.agent(["unlock"])).exitCode).toBe(4);
  const { text: listed } = await callOrder(world, order, "GET", "backupKeys");
  expect(JSON.parse(listed)).toMatchObject({
    value: [{ name: "offline", kind: "RecoveryKey" }],
    keyInForce: { standing: "Unreachable" },
  });

  // Nothing stands in by itself: only the customer has this key.
  expect(JSON.parse(listed)).not.toHaveProperty("keyInForce.backupFrom");

  const passkey = openByHand(file, privateKey);
  expect(requireOk(await node.agent(["passkey"], passkey))).toMatchObject({
    outcome: "unlocked",
    proof: expectedProof,
  });
  await using daemon = await runDaemon(node);
  expect(daemon.pid).toBeGreaterThan(0);
  await expect
    .poll(async () => (await readActivity(world, order)).flatMap(({ claims = [] }) => claims))
    .toContainEqual(
      expect.objectContaining({
        event: "unlocked",
        facts: expect.objectContaining({ by: "passkey" }) as object,
      }),
    );
  // The vault does not answer, which is not a refusal: the volume stays open.
  expect(requireOk(await node.agent(["status"]))).toMatchObject({
    outcome: "unlocked",
    details: { openedBy: "passkey" },
  });

  const rows = await readActivity(world, order);
  expect(rows).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        action: "backupKey/put",
        actor: expect.objectContaining({ kind: "caller" }),
      }),
      expect.objectContaining({ action: "order/exportEnvelopes", outcome: "granted" }),
      expect.objectContaining({
        action: "unlock",
        outcome: "failed",
        code: "KeyVaultUnreachable",
      }),
    ]),
  );
  const { jwe } = envelopeExport.parse(JSON.parse(file)).value[0] ?? {};
  expect(JSON.stringify([rows, jwe])).not.toContain(passkey);
});
