import { setTimeout } from "node:timers/promises";

import { DEVICE_ROUTES } from "@databox-cmk/protocol";
import type { DeviceClient } from "@databox-cmk/testkit";
import * as z from "zod";

import { askForNonce, waitSecondsOf } from "./ask-for-nonce.ts";
import { serveParent } from "./child.ts";
import { openDevices, readLoad } from "./load.ts";

const PAUSE_MS = 1_000;
const ARRIVE_EVERY_MS = 20;

/**
 * A number of concurrent unlocks, regardless of their results, between two messages of the parent.
 */
const job = readLoad(z.object({ inFlight: z.number() }));
const { transport, devices } = openDevices(job);
const crowd = { isRunning: false, asked: 0, busy: 0 };

serveParent({}, (message) => {
  crowd.isRunning = z.object({ run: z.boolean() }).parse(message).run;
  if (crowd.isRunning) for (let index = 0; index < job.inFlight; index += 1) void ask(index);
  return { asked: crowd.asked, busy: crowd.busy };
});

async function ask(index: number): Promise<void> {
  const device = devices[index % devices.length];
  if (device === undefined) return;
  await setTimeout(index * ARRIVE_EVERY_MS); // or else their handshakes are what is measured
  while (crowd.isRunning) {
    crowd.asked += 1;
    const waitSeconds = await askOnce(device);
    if (waitSeconds !== undefined) crowd.busy += 1;
    // Like an appliance it waits for the requested time before it asks again.
    await setTimeout(waitSeconds === undefined ? PAUSE_MS : waitSeconds * 1000);
  }
}

/** @returns when to come again, where the broker said so */
async function askOnce(device: DeviceClient): Promise<number | undefined> {
  const asked = await askForNonce(transport, device.serial);
  if (asked.nonce === undefined) return asked.waitSeconds;
  const { text } = await device.prepareUnlock("unlock", {}, asked.nonce);
  // The order of the two and their answers do not matter here.
  const answer = await device.post(DEVICE_ROUTES.unlocks, text).catch(() => undefined);
  return answer === undefined ? undefined : waitSecondsOf(answer);
}
