import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { importSigningKey } from "@databox-cmk/crypto";
import { createHttpsTransport, DeviceClient } from "@databox-cmk/testkit";
import * as z from "zod";

import { askForNonce } from "./ask-for-nonce.ts";

/**
 * Unlocks by a few devices at a fixed rate, on request; each is timed from its request to its
 * grant. Requests that the broker rejected as busy are counted, and not repeated.
 */
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
  void run(seconds).then((measured) => process.send?.(measured));
});
process.once("disconnect", () => process.exit());
process.send?.({ ready: true });

async function run(seconds: number): Promise<{ times: readonly number[]; turnedAway: number }> {
  const times: number[] = [];
  let turnedAway = 0;
  for (let count = 0; count < seconds * job.perSecond; count += 1) {
    const device = devices[count % devices.length];
    if (device === undefined) break;
    const dueAt = performance.now() + 1000 / job.perSecond;
    const ms = await timeUnlock(device);
    if (ms === undefined) turnedAway += 1;
    else times.push(ms);
    await setTimeout(Math.max(0, dueAt - performance.now()));
  }
  return { times, turnedAway };
}

/** @returns undefined where the broker was busy */
async function timeUnlock(device: DeviceClient): Promise<number | undefined> {
  const { nonce } = await askForNonce(transport, device.serial);
  if (nonce === undefined) return undefined;
  const prepared = await device.prepareUnlock("unlock", {}, nonce);
  const startedAt = performance.now();
  const answer = await device.sendUnlock(prepared);
  if (answer.kind === "answer") return performance.now() - startedAt;
  const isBusy =
    answer.kind === "denial"
      ? answer.value.code === "BrokerBusy"
      : answer.kind === "unsigned" && answer.answer.status === 503;
  if (!isBusy) throw new Error(JSON.stringify(answer));
  return undefined;
}
