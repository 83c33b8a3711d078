import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import * as z from "zod";

/** Benches measure the shipped bundle, started as its image starts it. */
export type ShippedBroker = {
  readonly main: string;
  /** Options of Node. */
  readonly execArgv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

const BUNDLE = fileURLToPath(
  new URL("../dist/main.mjs", import.meta.resolve("@databox-cmk/cloud-broker")),
);
const IMAGE = new URL("../../deploy/broker/image.json", import.meta.url);
const settings = z.object({ Entrypoint: z.array(z.string()), Env: z.array(z.string()) });

/** @throws {Error} before `npm run build` */
export function findShippedBroker(): ShippedBroker {
  if (!existsSync(BUNDLE)) throw new Error("the broker is not built; run: npm run build");
  const { Entrypoint, Env } = settings.parse(JSON.parse(readFileSync(IMAGE, "utf8")));
  const arenas = Env.map((row) => row.split("=")).filter(([name]) => name === "MALLOC_ARENA_MAX");
  return {
    main: BUNDLE,
    execArgv: Entrypoint.slice(1, -1),
    environment: Object.fromEntries(arenas),
  };
}
