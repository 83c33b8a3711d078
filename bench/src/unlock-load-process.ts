import { setTimeout } from "node:timers/promises";

import { challenge, DEVICE_ROUTES } from "@databox-cmk/protocol";
import type { DeviceClient } from "@databox-cmk/testkit";
import * as z from "zod";

import { serveParent } from "./child.ts";
import { openDevices, readLoad } from "./load.ts";

/**
 * Unlocks by a few devices at a fixed rate, on request; each is timed from its request to its
 * grant. Requests that the broker rejected as busy are counted, and not repeated.
 */
const job = readLoad(z.object({ perSecond: z.number() }));
const BUSY = 503;
const PUBLIC_JWK = z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string() });
const { transport, devices } = openDevices(job);
const { text: keys } = await transport.send("GET", "/webhooks/v1/keys");
const brokerKeys = z.object({ keys: z.array(PUBLIC_JWK) }).parse(JSON.parse(keys)).keys;
for (const device of devices) device.brokerKeys = brokerKeys;

serveParent({}, async (message) => {
  const { seconds } = z.object({ seconds: z.number() }).parse(message);
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
});

/** @returns undefined where the broker was busy */
async function timeUnlock(device: DeviceClient): Promise<number | undefined> {
  const asked = await transport.send("POST", DEVICE_ROUTES.challenges, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ serial: device.serial }),
  });
  if (asked.status === BUSY) return undefined;
  const { nonce } = challenge.parse(JSON.parse(asked.text));
  const prepared = await device.prepareUnlock("unlock", {}, nonce);
  const startedAt = performance.now();
  const answer = await device.sendUnlock(prepared);
  if (answer.kind === "answer") return performance.now() - startedAt;
  const isBusy =
    answer.kind === "denial"
      ? answer.value.code === "BrokerBusy"
      : answer.kind === "unsigned" && answer.answer.status === BUSY;
  if (!isBusy) throw new Error(JSON.stringify(answer));
  return undefined;
}
