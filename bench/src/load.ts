import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { type Child, readJob, startChild } from "./child.ts";

/** A server that is measured: a broker, or a floor. */
export type LoadedServer = {
  readonly port: number;
  readonly caPem: string;
  readonly folder: string;
  /** Processor time of the process, or with its database's. */
  cpuSeconds(): number;
  residentBytes(): number;
  /** Processor time of a database in another process. */
  databaseSeconds?(): number;
  roundTrips?(): number;
};

const fleetNodes = z.array(
  z.object({
    order: z.string(),
    serial: z.string(),
    /** Empty without a live one. */
    lease: z.string().default(""),
    privatePem: z.string(),
    env: z.string(),
    /** The last one that it has sent. */
    counter: z.number().default(0),
  }),
);
export type LoadNode = z.input<typeof fleetNodes>[number];
export type Fleet = z.output<typeof fleetNodes>;

const target = z.object({ port: z.number(), caPem: z.string(), fleetFile: z.string() });
export type Target = z.infer<typeof target>;

/** A load generator of these nodes, once it is ready. */
export function startLoad(
  main: URL,
  { port, caPem, folder }: Pick<LoadedServer, "port" | "caPem" | "folder">,
  fleet: readonly LoadNode[],
  options: object,
): Promise<Child<unknown>> {
  const fleetFile = join(folder, `${fleet[0]?.serial ?? "nothing"}.json`);
  writeFileSync(fleetFile, JSON.stringify(fleet));
  return startChild(main, { port, caPem, fleetFile, ...options }, z.unknown());
}

/** The generator's part: its job and its nodes. */
export function readLoad<Options extends object>(
  options: z.ZodType<Options>,
): Target & Options & { readonly fleet: Fleet } {
  const job = { ...readJob(target), ...readJob(options) };
  return { ...job, fleet: fleetNodes.parse(JSON.parse(readFileSync(job.fleetFile, "utf8"))) };
}
