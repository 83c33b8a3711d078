import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { createTransport, type StoryOrder } from "@databox-cmk/local-stack";
import { erasureCertificate } from "@databox-cmk/protocol";
import { openTemporaryFolder } from "@databox-cmk/testkit";

import { createJsonClient } from "../fault-matrix/world/json-client.ts";
import type { World } from "./open-world.ts";
import { callOrder } from "./order-actions.ts";
import { type BrokerCommandEnding, runBrokerCommand } from "./run-broker-command.ts";

/** Verifies the certificate of an erased order as the portal saves it, by the broker's public keys. */
export async function verifyCertificate(
  world: World,
  order: StoryOrder,
): Promise<BrokerCommandEnding> {
  const { description, caPem } = world.stack;
  using folder = openTemporaryFolder();
  using transport = createTransport(caPem);
  const { body } = await callOrder(world, order, "GET", "erasureCertificate");
  const keys = await createJsonClient(transport.agent)(
    "GET",
    `${description.brokerUrl}/webhooks/v1/keys`,
    {},
  );
  const [file, keysFile] = [join(folder.path, "order.jws"), join(folder.path, "keys.json")];
  writeFileSync(file, erasureCertificate.parse(body).certificate);
  writeFileSync(keysFile, keys.text);
  return await runBrokerCommand(world, "certificate", "verify", file, "--keys", keysFile);
}
