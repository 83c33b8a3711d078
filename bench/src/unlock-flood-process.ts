import { readFileSync } from "node:fs";

import * as z from "zod";

import { openKeepAliveConnection } from "./keep-alive-connection.ts";
import { openUnlockLanes, prepareAll, unlockFleet, unlockJob } from "./unlock-lanes.ts";

/**
 * Unlocks as fast as the broker answers them, so many at once: told `{unlocks}` it asks for their
 * challenges and signs them, then says that they are ready; told "go" it sends them, and says how
 * long each took.
 */
const job = unlockJob
  .extend({ newConnections: z.boolean() })
  .parse(JSON.parse(process.argv[2] ?? ""));
const fleet = unlockFleet.parse(JSON.parse(readFileSync(job.fleetFile, "utf8")));
const lanes = await openUnlockLanes(job, fleet);
let prepared: readonly (readonly Buffer[])[] = [];

process.on("message", (message) => {
  void (message === "go" ? run() : prepare(z.object({ unlocks: z.number() }).parse(message)));
});
process.once("disconnect", () => process.exit());
process.send?.({ started: true });

async function prepare({ unlocks }: { readonly unlocks: number }): Promise<void> {
  prepared = await prepareAll(lanes, unlocks);
  process.send?.({ prepared: true });
}

async function run(): Promise<void> {
  const times: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    lanes.map(async (lane, index) => {
      for (const request of prepared[index] ?? []) {
        const sentAt = performance.now();
        const connection = job.newConnections
          ? await openKeepAliveConnection(job.port, job.caPem)
          : lane.connection();
        const { status, body } = await connection.send(request);
        if (status !== 200) throw new Error(`an unlock was answered ${String(status)}: ${body}`);
        times.push(performance.now() - sentAt);
        if (job.newConnections) connection.close();
      }
    }),
  );
  process.send?.({ seconds: (performance.now() - startedAt) / 1000, times });
}
