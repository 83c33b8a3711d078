import { fileURLToPath } from "node:url";

/**
 * Environment of a program that tests start many times: Node keeps there what it compiled. A broker
 * from its sources then takes two thirds of the processor time to start, an agent half.
 */
export const COMPILED_ONCE = {
  NODE_COMPILE_CACHE: fileURLToPath(
    new URL("../../../node_modules/.cache/compiled", import.meta.url),
  ),
};
