import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { importSigningKey } from "@databox-cmk/crypto";
import { createHttpsTransport, DeviceClient } from "@databox-cmk/testkit";
import * as z from "zod";

/** Unlocks by a few devices, so many a second, whenever it is told to; each is timed from its request to its grant. */
const job = z
  .object({ port: z.number(), caPem: z.string(), fleetFile: z.string(), perSecond: z.number() })
  .parse(JSON.parse(process.argv[2] ?? ""));
const fleet = z
  .array(
    z.object({ order: z.string(), serial: z.string(), privatePem: z.string(), env: z.string() }),
  )
  .parse(JSON.parse(readFileSync(job.fleetFile, "utf8")));
const PUBLIC_JWK = z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string() });
const transport = createHttpsTransport({
  origin: `https://broker.localhost:${String(job.port)}`,
  certificateAuthorityPem: job.caPem,
});
const { text: keys } = await transport.send("GET", "/webhooks/v1/keys");
const brokerKeys = z.object({ keys: z.array(PUBLIC_JWK) }).parse(JSON.parse(keys)).keys;
const devices = fleet.map((node) => {
  const device = new DeviceClient({ transport, ...node, key: importSigningKey(node.privatePem) });
  device.brokerKeys = brokerKeys;
  device.envelope = { env: node.env, generation: 1, jwe: {} };
  return device;
});

process.on("message", (message) => {
  const { seconds } = z.object({ seconds: z.number() }).parse(message);
  void run(seconds).then((times) => process.send?.({ times }));
});
process.once("disconnect", () => process.exit());
process.send?.({ ready: true });

async function run(seconds: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < seconds * job.perSecond; count += 1) {
    const device = devices[count % devices.length];
    if (device === undefined) break;
    const prepared = await device.prepareUnlock("unlock");
    const startedAt = performance.now();
    const answer = await device.sendUnlock(prepared);
    times.push(performance.now() - startedAt);
    if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
    await setTimeout(Math.max(0, 1000 / job.perSecond - (performance.now() - startedAt)));
  }
  return times;
}
