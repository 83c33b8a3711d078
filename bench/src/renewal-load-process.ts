import { importSigningKey, messageHash, signMessage } from "@databox-cmk/crypto";
import { leasePath, type LeaseRenewal, MESSAGE_TYPES } from "@databox-cmk/protocol";
import * as z from "zod";

import { serveParent } from "./child.ts";
import {
  type KeepAliveConnection,
  openKeepAliveConnection,
  renderPost,
} from "./keep-alive-connection.ts";
import { readLoad } from "./load.ts";
import { BOOT_ID } from "./seed-fleet.ts";

/**
 * Renews the leases of a fleet, one round for each message: everything is signed before the clock
 * starts.
 */
const job = readLoad(z.object({ rounds: z.number(), inFlight: z.number() }));

const journalHead = messageHash("journal");
const requests: Buffer[][] = Array.from({ length: job.rounds }, () => []);
for (const { privatePem, lease, order, serial } of job.fleet) {
  const key = importSigningKey(privatePem);
  for (const [sequence, list] of requests.entries()) {
    const text = await signMessage(key, MESSAGE_TYPES.leaseRenewal, {
      lease,
      order,
      serial,
      bootId: BOOT_ID,
      counter: sequence + 1,
      sequence,
      state: "unlocked",
      journalHead,
    } satisfies LeaseRenewal);
    list.push(renderPost(leasePath("renewals", lease), text));
  }
}
let connections: readonly KeepAliveConnection[] = [];
let rounds = 0;

serveParent({}, async (message) => {
  if (message === "go") return run(requests[rounds++] ?? []);
  // Each round has its own, since a server cuts off connections that wait for others' turns.
  connections = await Promise.all(
    Array.from({ length: job.inFlight }, () => openKeepAliveConnection(job.port, job.caPem)),
  );
  return {};
});

async function run(round: readonly Buffer[]): Promise<object> {
  const times: number[] = [];
  const startedAt = performance.now();
  const waiting = round.values();
  await Promise.all(
    connections.map(async (connection) => {
      for (const request of waiting) {
        const sentAt = performance.now();
        const { status, body } = await connection.send(request);
        if (status !== 200) throw new Error(`a renewal was answered ${String(status)}: ${body}`);
        times.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  return { seconds, times };
}
