import * as z from "zod";

import { type LoadedServer, type LoadNode, startLoad } from "./load.ts";

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

const MEASURED = z.object({ seconds: z.number(), times: z.array(z.number()) });

/** The next run finds what the last one compiled and opened. */
export async function startUnlockLoad(
  server: LoadedServer,
  fleet: readonly LoadNode[],
  { inFlight, newConnections = false }: { readonly inFlight: number; newConnections?: boolean },
): Promise<UnlockLoad> {
  const main = new URL("unlock-flood-process.ts", import.meta.url);
  const load = await startLoad(main, server, fleet, { inFlight, newConnections });
  return {
    async run(unlocks) {
      await load.ask({ unlocks });
      return measureRun(server, () => load.ask("go"));
    },
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  };
}

/** Calls of a load generator, with their costs on the server. */
export async function measureRun(
  server: LoadedServer,
  work: () => Promise<unknown>,
): Promise<UnlockRun> {
  const cpuBefore = server.cpuSeconds();
  const { seconds, times } = MEASURED.parse(await work());
  const cpuSeconds = server.cpuSeconds() - cpuBefore;
  return {
    perSecond: times.length / seconds,
    cpuMicroseconds: (cpuSeconds / times.length) * 1_000_000,
    times,
  };
}
