// The gates: checks of the whole tree beside the tests. `npm run check` runs them alone, `npm test`
// with the tests.
import { spawn } from "node:child_process";

/**
 * A new gate is a new row: a name, and the command that fails when the gate does. The slowest ones
 * come first.
 */
export const GATES = [
  { name: "types", command: "node tools/types.mjs" },
  { name: "lint", command: "node tools/lint.mjs" },
  { name: "dead code", command: "knip --cache" },
  { name: "boundaries", command: "turbo boundaries" },
  { name: "layers", command: "node tools/layers.mjs" },
  { name: "prose", command: "node tools/prose.mjs" },
  { name: "format", command: "oxfmt --check" },
];

/**
 * Runs all gates. A gate that passes is one line; one that fails shows what it said.
 *
 * @param atOnce - how many run at a time.
 * @param niceness - above 0 a gate only takes the processor time that others leave, as beside
 * tests.
 * @returns the names of those that failed
 */
export async function runGates({ atOnce, niceness = 0 }) {
  const waiting = [...GATES];
  const failed = [];
  const runWaiting = async () => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      const startedMs = Date.now();
      const { status, output } = await run(gate.command, niceness);
      const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
      if (status !== 0) {
        failed.push(gate.name);
        console.log(output.trimEnd());
      }
      console.log(`${status === 0 ? "✓" : "✗"} ${gate.name} (${seconds} s)`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runWaiting));
  return failed;
}

function run(command, niceness) {
  const [program, ...args] =
    niceness > 0 ? ["nice", "-n", String(niceness), ...command.split(" ")] : command.split(" ");
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ status: 1, output: error.message }));
    child.on("close", (status) => resolve({ status, output }));
  });
}
