import * as z from "zod";

import { type LoadedServer, type LoadNode, startLoad } from "./load.ts";

const OFFERED = z.object({
  offered: z.number(),
  goodput: z.number(),
  early: z.number(),
  late: z.number(),
  times: z.array(z.number()),
});
export type Offered = z.infer<typeof OFFERED>;

/** Unlocks at a steady rate, whether or not those before were answered. */
export async function startOffers(
  server: LoadedServer,
  fleet: readonly LoadNode[],
  inFlight: number,
): Promise<AsyncDisposable & { offer(perSecond: number, seconds: number): Promise<Offered> }> {
  const main = new URL("unlock-offer-process.ts", import.meta.url);
  const load = await startLoad(main, server, fleet, { inFlight });
  return {
    offer: async (perSecond, seconds) => OFFERED.parse(await load.ask({ perSecond, seconds })),
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  };
}
