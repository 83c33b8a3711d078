import { setTimeout } from "node:timers/promises";

import * as z from "zod";

import { serveParent } from "./child.ts";
import { openLanes, prepareAll } from "./device-lanes.ts";
import { readLoad } from "./load.ts";

const TICK_MS = 2;
/** Until the number of unlocks in progress no longer grows. */
const UNCOUNTED_SECONDS = 2;

/**
 * Unlocks at a steady rate, whether or not those before were answered: told `{perSecond, seconds}`
 * it prepares them, sends them, and says what became of them. Each is sent once. A lane that still
 * waits takes no other request: with too few lanes less is offered, which the figures show.
 */
const lanes = await openLanes(readLoad(z.object({ inFlight: z.number() })));
const TOLD = z.object({ perSecond: z.number(), seconds: z.number() });

serveParent({}, async (message) => {
  const { perSecond, seconds } = TOLD.parse(message);
  const prepared = await prepareAll(lanes, perSecond * seconds);
  const idle = lanes.map((lane, index) => ({
    connection: lane.connection(),
    requests: prepared[index]?.values() ?? [].values(),
  }));
  const startedAt = performance.now();
  const elapsedSeconds = () => (performance.now() - startedAt) / 1000;
  const served: { readonly atSeconds: number; readonly ms: number }[] = [];
  const refused = { early: 0, late: 0 };
  const answers: Promise<void>[] = [];
  const send = async (lane: (typeof idle)[number], request: Buffer): Promise<void> => {
    const sentAt = performance.now();
    const { status, body } = await lane.connection.send(request);
    if (status === 200)
      served.push({ atSeconds: elapsedSeconds(), ms: performance.now() - sentAt });
    else if (status !== 503) throw new Error(`an unlock was answered ${String(status)}: ${body}`);
    // A decision is signed; a rejection for overload is not.
    else if (body.startsWith("{")) refused.early += 1;
    else refused.late += 1;
    idle.push(lane);
  };
  while (elapsedSeconds() < seconds) {
    const due = elapsedSeconds() * perSecond - answers.length;
    for (let count = 0; count < due; count += 1) {
      const lane = idle.shift();
      if (lane === undefined) break;
      const { value } = lane.requests.next();
      if (value !== undefined) answers.push(send(lane, value));
    }
    await setTimeout(TICK_MS);
  }
  const endSeconds = elapsedSeconds();
  const offered = answers.length / endSeconds;
  await Promise.all(answers);
  const counted = served.filter(
    ({ atSeconds }) => atSeconds > UNCOUNTED_SECONDS && atSeconds <= endSeconds,
  );
  return {
    offered,
    goodput: counted.length / (endSeconds - UNCOUNTED_SECONDS),
    ...refused,
    times: counted.map(({ ms }) => ms),
  };
});
