import { fileURLToPath } from "node:url";

const bundle = (name: string): string =>
  fileURLToPath(new URL(`../dist/${name}.mjs`, import.meta.url));

/** Programs that build-agent.ts builds before the tests start. */
export const BROKER = bundle("broker");
export const BROKER_WITH_CRASH_POINT = bundle("broker-with-crash-point");
export const BROKER_WITH_LOG = bundle("broker-with-log");
export const CONFORMANCE_ACTS = bundle("conformance-acts");
