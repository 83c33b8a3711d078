import { readFileSync } from "node:fs";

import { importSigningKey, messageHash, signMessage } from "@databox-cmk/crypto";
import { leasePath, type LeaseRenewal, MESSAGE_TYPES } from "@databox-cmk/protocol";
import * as z from "zod";

import {
  type KeepAliveConnection,
  openKeepAliveConnection,
  renderPost,
} from "./keep-alive-connection.ts";
import { BOOT_ID } from "./seed-fleet.ts";

/**
 * Renews the leases of a fleet, one round for each message: everything is signed before the clock
 * starts.
 */
const job = z
  .object({
    port: z.number(),
    caPem: z.string(),
    fleetFile: z.string(),
    rounds: z.number(),
    inFlight: z.number(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));
const fleet = z
  .array(
    z.object({ order: z.string(), serial: z.string(), lease: z.string(), privatePem: z.string() }),
  )
  .parse(JSON.parse(readFileSync(job.fleetFile, "utf8")));

const journalHead = messageHash("journal");
const requests: Buffer[][] = Array.from({ length: job.rounds }, () => []);
for (const node of fleet) {
  const key = importSigningKey(node.privatePem);
  for (const [round, list] of requests.entries()) {
    const payload: LeaseRenewal = {
      lease: node.lease,
      order: node.order,
      serial: node.serial,
      bootId: BOOT_ID,
      counter: round + 1,
      sequence: round,
      state: "unlocked",
      journalHead,
    };
    const text = await signMessage(key, MESSAGE_TYPES.leaseRenewal, payload);
    list.push(renderPost(leasePath("renewals", node.lease), text));
  }
}
process.send?.({ signed: true });
let connections: readonly KeepAliveConnection[] = [];
let rounds = 0;
process.on("message", (message) => {
  void (message === "go" ? run(requests[rounds++] ?? []) : open());
});
process.once("disconnect", () => process.exit());

/** For each round, since a server cuts off connections that wait for the turns of others. */
async function open(): Promise<void> {
  connections = await Promise.all(
    Array.from({ length: job.inFlight }, () => openKeepAliveConnection(job.port, job.caPem)),
  );
  process.send?.({ opened: true });
}

async function run(round: readonly Buffer[]): Promise<void> {
  const times: number[] = [];
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (next < round.length) {
        const request = round[next];
        next += 1;
        if (request === undefined) return;
        const sentAt = performance.now();
        const { status, body } = await connection.send(request);
        if (status !== 200) throw new Error(`a renewal was answered ${String(status)}: ${body}`);
        times.push(performance.now() - sentAt);
      }
    }),
  );
  process.send?.({ seconds: (performance.now() - startedAt) / 1000, times });
  for (const connection of connections) connection.close();
}
