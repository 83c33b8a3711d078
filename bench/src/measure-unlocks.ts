import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { startLoadProcess } from "./load-process.ts";
import type { UnlockNode } from "./unlock-lanes.ts";

/** A server that answers unlock requests: a broker, or a floor. */
export type UnlockServer = {
  readonly port: number;
  readonly caPem: string;
  readonly folder: string;
  cpuSeconds(): number;
};

export type UnlockRun = {
  readonly perSecond: number;
  /** Processor time of the server for each unlock. */
  readonly cpuMicroseconds: number;
  /** Milliseconds of each. */
  readonly times: readonly number[];
};

export type UnlockLoad = AsyncDisposable & {
  /** Challenges and signatures are made before the clock starts. */
  run(unlocks: number): Promise<UnlockRun>;
};

const LOAD = fileURLToPath(new URL("unlock-flood-process.ts", import.meta.url));
const MEASURED = z.object({ seconds: z.number(), times: z.array(z.number()) });

/**
 * A load generator in a process of its own; what one run compiles and opens is there for the next.
 */
export async function startUnlockLoad(
  server: UnlockServer,
  fleet: readonly UnlockNode[],
  options: { readonly inFlight: number; readonly newConnections?: boolean },
): Promise<UnlockLoad> {
  const fleetFile = join(server.folder, "fleet.json");
  writeFileSync(fleetFile, JSON.stringify(fleet));
  const { port, caPem } = server;
  const load = startLoadProcess(LOAD, {
    port,
    caPem,
    fleetFile,
    inFlight: options.inFlight,
    newConnections: options.newConnections === true,
  });
  await load.next();
  return {
    async run(unlocks) {
      const prepared = load.next();
      load.send({ unlocks });
      await prepared;
      const measured = load.next();
      const cpuBefore = server.cpuSeconds();
      load.send("go");
      const { seconds, times } = MEASURED.parse(await measured);
      const cpuSeconds = server.cpuSeconds() - cpuBefore;
      return {
        perSecond: times.length / seconds,
        cpuMicroseconds: (cpuSeconds / times.length) * 1_000_000,
        times,
      };
    },
    async [Symbol.asyncDispose]() {
      load.stop();
    },
  };
}
