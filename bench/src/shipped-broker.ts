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
const CONTAINERFILE = new URL("../../deploy/broker/Containerfile", import.meta.url);

/** @throws {Error} before `npm run build` */
export function findShippedBroker(): ShippedBroker {
  if (!existsSync(BUNDLE)) throw new Error("the broker is not built; run: npm run build");
  const text = readFileSync(CONTAINERFILE, "utf8");
  const [, entry = ""] = /^ENTRYPOINT (.*)$/m.exec(text) ?? [];
  const [, arenas = ""] = /\bMALLOC_ARENA_MAX=(\d+)/.exec(text) ?? [];
  const words = z.array(z.string()).parse(JSON.parse(entry));
  return {
    main: BUNDLE,
    execArgv: words.slice(1, -1),
    environment: { MALLOC_ARENA_MAX: arenas },
  };
}
