import * as z from "zod";

import { serveParent } from "./child.ts";
import { LANE_KINDS, openLanes, prepareAll } from "./device-lanes.ts";
import { openKeepAliveConnection } from "./keep-alive-connection.ts";
import { readLoad } from "./load.ts";

/**
 * Devices that unlock or renew as fast as the broker answers them, so many at once: told `{calls}`
 * it signs their requests, then says that they are ready; told "go" it sends them, and says how
 * long each took.
 */
const job = readLoad(
  z.object({
    inFlight: z.number(),
    newConnections: z.boolean().default(false),
    kind: z.enum(LANE_KINDS).default("unlock"),
  }),
);
const lanes = await openLanes(job);
let prepared: readonly (readonly Buffer[])[] = [];

serveParent({}, async (message) => {
  if (message === "go") return run();
  prepared = await prepareAll(lanes, z.object({ calls: z.number() }).parse(message).calls);
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
        if (status !== 200) throw new Error(`a request was answered ${String(status)}: ${body}`);
        times.push(performance.now() - sentAt);
        if (job.newConnections) connection.close();
      }
    }),
  );
  return { seconds: (performance.now() - startedAt) / 1000, times };
}
