// Runs every gate and no test. --list: only prints their names.
import { availableParallelism } from "node:os";

import { GATES, runGates } from "./gates.mjs";

if (process.argv.includes("--list")) {
  console.log(GATES.map(({ name }) => name).join("\n"));
  process.exit();
}
const failed = await runGates({ atOnce: availableParallelism() });
if (failed.length > 0) console.log(`\nFailed: ${failed.join(", ")}`);
process.exit(failed.length > 0 ? 1 : 0);
