// `node tools/run.mjs COMMAND …` runs a command with the tools of the project on its PATH (Node 24,
// pnpm, turbo, vitest …). It first runs the missing parts of the set-up, so that the command works
// in a new clone, with Node 20 and npm alone. --built: also builds the bundles of the agent, the
// portal and the appliance's page, if they are out of date.
import { spawn } from "node:child_process";
import { constants } from "node:os";

import { toolEnvironment } from "./set-up/paths.mjs";
import { setUp } from "./set-up/set-up.mjs";

const parameters = process.argv.slice(2);
const bundles = parameters[0] === "--built";
if (bundles) parameters.shift();
const program = parameters.shift();
if (program === undefined) {
  console.error("usage: node tools/run.mjs [--built] COMMAND [ARGUMENT …]");
  process.exit(2);
}
if (!(await setUp({ bundles }))) process.exit(1);

const child = spawn(program, parameters, { stdio: "inherit", env: toolEnvironment() });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", ({ message }) => {
  console.error(`${program} could not be started: ${message}`);
  process.exitCode = 127;
});
child.on("close", (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});
