import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { fingerprintOf } from "./fingerprint.mjs";
import { root, toolEnvironment } from "./paths.mjs";

/**
 * A step of the set-up.
 *
 * @typedef {object} Step
 * @property {string} what - what is set up, in words
 * @property {string[]} command - the program and its arguments
 * @property {string[]} inputs - files and folders; the step runs again when one of them changed
 * @property {string} output - a file that the step makes; the step runs again when it is missing
 */

/** Whether the step must run: its inputs are not as they were when it last succeeded. */
export function isDue({ what, inputs, output }) {
  const stamp = stampOf(what);
  const isMade = existsSync(join(root, output)) && existsSync(stamp);
  return !isMade || readFileSync(stamp, "utf8") !== fingerprintOf(inputs);
}

/**
 * Runs the step and prints one line with the time that it took.
 * The program's own output is printed only when it fails.
 */
export async function runStep({ what, command, inputs }) {
  const fingerprint = fingerprintOf(inputs);
  rmSync(stampOf(what), { force: true });
  const startedMs = performance.now();
  const { output, failure } = await outcomeOf(command);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (failure !== undefined) {
    console.error(`${output}\n  ${what}: failed after ${seconds} s (${failure})`);
    return false;
  }
  console.error(`  ${what}: ${seconds} s`);
  writeFileSync(stampOf(what), fingerprint);
  return true;
}

function stampOf(what) {
  return join(root, "node_modules", `.setup-${what.replace(/\W+/g, "-")}`);
}

/**
 * Runs a program of the set-up without an input.
 *
 * @returns what it printed, and why it failed, if it did
 */
export function outcomeOf([program, ...args], environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...toolEnvironment(), ...environment },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.on("error", ({ message }) => resolve({ output, failure: message }));
    child.on("close", (code, signal) => {
      if (code === 0) resolve({ output });
      else resolve({ output, failure: signal ?? `exit code ${String(code)}` });
    });
  });
}
