import * as z from "zod";

import { serveParent } from "./child.ts";
import { openKeepAliveConnection } from "./keep-alive-connection.ts";
import { readLoad } from "./load.ts";
import { openUnlockLanes, prepareAll } from "./unlock-lanes.ts";

/**
 * Unlocks as fast as the broker answers them, so many at once: told `{unlocks}` it asks for their
 * challenges and signs them, then says that they are ready; told "go" it sends them, and says how
 * long each took.
 */
const job = readLoad(z.object({ inFlight: z.number(), newConnections: z.boolean() }));
const lanes = await openUnlockLanes(job);
let prepared: readonly (readonly Buffer[])[] = [];

serveParent({}, async (message) => {
  if (message === "go") return run();
  prepared = await prepareAll(lanes, z.object({ unlocks: z.number() }).parse(message).unlocks);
  return {};
});

async function run(): Promise<object> {
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
  return { seconds: (performance.now() - startedAt) / 1000, times };
}
