import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { createTransport, type StoryOrder } from "@databox-cmk/local-stack";
import { erasureCertificate } from "@databox-cmk/protocol";
import { openTemporaryFolder } from "@databox-cmk/testkit";

import { createJsonClient } from "../fault-matrix/world/json-client.ts";
import type { World } from "./open-world.ts";
import { callOrder } from "./order-actions.ts";
import { type BrokerCommandEnding, runBrokerCommand } from "./run-broker-command.ts";

/** Verifies the certificate of an erased order as its owner reads it. */
export async function verifyCertificate(
  world: World,
  order: StoryOrder,
): Promise<BrokerCommandEnding> {
  using folder = openTemporaryFolder();
  const { body } = await callOrder(world, order, "GET", "erasureCertificate");
  const file = join(folder.path, "order.jws");
  writeFileSync(file, erasureCertificate.parse(body).certificate);
  return await verifyCertificateFile(world, file);
}

/** Verifies a certificate as the portal saves it, by the broker's public keys. */
export async function verifyCertificateFile(
  world: World,
  file: string,
): Promise<BrokerCommandEnding> {
  const { description, caPem } = world.stack;
  using folder = openTemporaryFolder();
  using transport = createTransport(caPem);
  const keys = await createJsonClient(transport.agent)(
    "GET",
    `${description.brokerUrl}/webhooks/v1/keys`,
    {},
  );
  const keysFile = join(folder.path, "keys.json");
  writeFileSync(keysFile, keys.text);
  return await runBrokerCommand(world, "certificate", "verify", file, "--keys", keysFile);
}
