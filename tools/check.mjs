// Runs every gate and no test.
import { availableParallelism } from "node:os";

import { runGates } from "./gates.mjs";

const failed = await runGates({ atOnce: availableParallelism() });
if (failed.length > 0) console.log(`\nFailed: ${failed.join(", ")}`);
process.exit(failed.length > 0 ? 1 : 0);
