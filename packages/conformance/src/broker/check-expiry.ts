import { LeaseClient } from "@databox-cmk/testkit";

import { type BrokerWorld, letPass, unlessDenied, unlessInvalid } from "./broker-world.ts";
import { carryAnswer } from "./check-carried.ts";

/** The broker gives the same challenge the same answer for so long. */
const CARRIED_SECONDS = 15 * 60;

/** The time is over for a nonce, a lease, and the answer to a carried challenge. */
export async function checkExpiry(world: BrokerWorld): Promise<void> {
  const { run, act, device } = world;
  const suite = "expiry";
  await run(suite, "a nonce after its time: NonceExpired", async () => {
    const { nonce, expiresInSeconds } = await device.challenge();
    const late = await device.prepareUnlock("unlock", {}, nonce);
    await letPass(world, expiresInSeconds);
    return unlessDenied(await device.sendUnlock(late), "NonceExpired");
  });
  await run(suite, "a lease after its grace period: LeaseInvalid", async () => {
    const holder = await LeaseClient.unlock(device);
    const { ttlSeconds, outageGraceSeconds, graceUntilReboot } = holder.lease;
    if (graceUntilReboot === true) return "the lease has no end: give the order another policy";
    await letPass(world, Math.max(ttlSeconds, outageGraceSeconds));
    return unlessInvalid(await holder.renew());
  });
  await run(suite, "a challenge that was carried long ago: ReplayDetected", async () => {
    const first = await carryAnswer(world);
    if (first.answer.kind !== "answer") return `was answered: ${first.answer.kind}`;
    await letPass(world, CARRIED_SECONDS);
    const again = await act("carry", device.order, first.asked.text);
    return unlessDenied(device.readCarried(again, first.asked.text), "ReplayDetected");
  });
  await run(suite, "unlocks afterwards", async () => {
    await LeaseClient.unlock(device);
    return undefined;
  });
}
