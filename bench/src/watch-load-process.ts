import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { importSigningKey, readHeader, signMessage } from "@databox-cmk/crypto";
import { leasePath, type LeaseWatch, MESSAGE_TYPES } from "@databox-cmk/protocol";
import * as z from "zod";

import { type KeptAnswer, openKeepAliveConnection, renderPost } from "./keep-alive-connection.ts";
import { BOOT_ID } from "./seed-fleet.ts";

/**
 * Agents that each wait for news of their lease on a connection of their own, until they receive
 * the order to close.
 */
const job = z
  .object({ port: z.number(), caPem: z.string(), fleetFile: z.string(), opening: z.number() })
  .parse(JSON.parse(process.argv[2] ?? ""));
const fleet = z
  .array(
    z.object({ order: z.string(), serial: z.string(), lease: z.string(), privatePem: z.string() }),
  )
  .parse(JSON.parse(readFileSync(job.fleetFile, "utf8")));
type Agent = (typeof fleet)[number];
const BUSY = 503;
const ANSWER_MAX_BYTES = 65_536;

process.once("disconnect", () => process.exit());
const told: Promise<number>[] = [];
let next = 0;
await Promise.all(
  Array.from({ length: job.opening }, async () => {
    while (next < fleet.length) {
      const agent = fleet[next];
      next += 1;
      if (agent === undefined) return;
      const connection = await openKeepAliveConnection(job.port, job.caPem);
      told.push(waitForOrder(agent, (request) => connection.send(request)));
    }
  }),
);
process.send?.({ waiting: told.length });
const times = await Promise.all(told);
process.send?.({ times });

/** @returns when the order to close came, in milliseconds since 1970 */
async function waitForOrder(
  agent: Agent,
  send: (request: Buffer) => Promise<KeptAnswer>,
): Promise<number> {
  const key = importSigningKey(agent.privatePem);
  for (let counter = 1; ; counter += 1) {
    const watch: LeaseWatch = {
      lease: agent.lease,
      order: agent.order,
      serial: agent.serial,
      bootId: BOOT_ID,
      counter,
      sequence: 0,
      watch: true,
    };
    const text = await signMessage(key, MESSAGE_TYPES.leaseWatch, watch);
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
