import { setTimeout } from "node:timers/promises";

import { importSigningKey, readHeader, signMessage } from "@databox-cmk/crypto";
import { leasePath, type LeaseWatch, MESSAGE_TYPES } from "@databox-cmk/protocol";
import * as z from "zod";

import { serveParent } from "./child.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { type KeptAnswer, openKeepAliveConnection, renderPost } from "./keep-alive-connection.ts";
import { type Fleet, readLoad } from "./load.ts";
import { BOOT_ID } from "./seed-fleet.ts";

/**
 * Agents that each wait for news of their lease on a connection of their own, until they receive
 * the order to close.
 */
const job = readLoad(z.object({ opening: z.number() }));
const BUSY = 503;
const ANSWER_MAX_BYTES = 65_536;

const told: Promise<number>[] = [];
await eachAtOnce(job.opening, job.fleet, async (agent) => {
  const connection = await openKeepAliveConnection(job.port, job.caPem);
  told.push(waitForOrder(agent, (request) => connection.send(request)));
});
serveParent({}, async () => ({ times: await Promise.all(told) }));

/** @returns when the order to close came, in milliseconds since 1970 */
async function waitForOrder(
  agent: Fleet[number],
  send: (request: Buffer) => Promise<KeptAnswer>,
): Promise<number> {
  const key = importSigningKey(agent.privatePem);
  for (let counter = 1; ; counter += 1) {
    const { lease, order, serial } = agent;
    const watch = {
      lease,
      order,
      serial,
      bootId: BOOT_ID,
      counter,
      sequence: 0,
      watch: true,
    } as const;
    const text = await signMessage(key, MESSAGE_TYPES.leaseWatch, watch satisfies LeaseWatch);
    const { status, body, retryAfterSeconds } = await send(
      renderPost(leasePath("leaseEvents", agent.lease), text),
    );
    if (status === BUSY) {
      await setTimeout(retryAfterSeconds * 1000);
      continue;
    }
    const { typ } = readHeader(body, ANSWER_MAX_BYTES);
    if (typ === MESSAGE_TYPES.relock) return Date.now();
    if (typ !== MESSAGE_TYPES.lease) throw new Error(`a watch was answered by ${typ}`);
  }
}
