import { type DeviceClient, findPostgres, requireTool } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { type Engine, type Fleet, openFleet } from "./open-fleet.ts";
import { isKept, readStore } from "./read-store.ts";

/** Several for each replica, so that their commits are shared. */
const DEVICES = 9;
/** Grants between two blows. */
const GRANTS_BETWEEN = 30;
const BLOWS = 4;
/** Class of a denial after which a device tries again. */
const NOBODY_DECIDED = /^(?:unreachable|internal)$/;
type Received = {
  readonly device: DeviceClient;
  readonly nonce: string;
  readonly text: string;
};

/** Unlocks without a pause; what is lost on the way is asked for again, as it was, once. */
async function unlockOverAndOver(
  device: DeviceClient,
  received: Received[],
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    let prepared: Awaited<ReturnType<DeviceClient["prepareUnlock"]>>;
    try {
      prepared = await device.prepareUnlock("unlock");
    } catch {
      continue; // No challenge: no broker is running.
    }
    const send = () => device.sendUnlock(prepared).catch(() => undefined);
    const answer = (await send()) ?? (await send());
    if (answer === undefined) continue;
    if (answer.kind === "answer")
      received.push({ device, nonce: prepared.request.nonce, text: answer.text });
    else if (answer.kind !== "denial" || !NOBODY_DECIDED.test(answer.value.class))
      throw new Error(`no outage: ${JSON.stringify(answer)}`);
  }
}

async function strike({ replicas, server }: Fleet, blow: number): Promise<void> {
  if (server !== undefined && blow % 3 === 2) {
    await server.restart();
    return;
  }
  const replica = replicas[blow % replicas.length];
  await replica?.kill();
  await replica?.start();
}

const ENGINES: readonly Engine[] = requireTool("postgresql", findPostgres() !== undefined)
  ? ["sqlite", "postgres"]
  : ["sqlite"];

test.each(ENGINES)(
  "every grant that a device has got is in the database with its audit row, whenever %s brokers and their server are killed",
  async (engine) => {
    await using fleet = await openFleet(engine);
    const devices: DeviceClient[] = [];
    for (let index = 0; index < DEVICES; index += 1)
      devices.push(await fleet.deliver(`load-${String(index)}`));
    const received: Received[] = [];
    let isOver = false;
    const loads = Promise.all(
      devices.map((device) => unlockOverAndOver(device, received, () => isOver)),
    );
    const more = async (count: number) => {
      const enough = received.length + count;
      while (received.length < enough)
        await Promise.race([loads, fleet.control.send("GET", "/faults")]);
    };
    for (let blow = 0; blow < BLOWS; blow += 1) {
      await more(GRANTS_BETWEEN);
      await strike(fleet, blow);
    }
    await more(GRANTS_BETWEEN);
    isOver = true;
    await loads;

    const kept = await readStore(fleet);
    const lost = received.filter(({ device, text }) => !isKept(kept, device.order, text));
    expect(lost).toEqual([]);
    for (const { order } of devices) {
      const rows = kept.granted.get(order) ?? [];
      expect(rows.length).toBeGreaterThan(0);
      // One grant for each request, and one row for each grant.
      expect(new Set(rows.map(({ requestHash }) => requestHash)).size).toBe(rows.length);
    }
    expect([...kept.granted.values()].flat()).toHaveLength(kept.grants.size);
    const texts = Map.groupBy(received, ({ nonce }) => nonce);
    for (const grants of texts.values())
      expect(new Set(grants.map(({ text }) => text)).size).toBe(1);
  },
);
