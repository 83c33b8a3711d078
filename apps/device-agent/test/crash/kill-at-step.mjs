// Preloaded by `node --import`: kills the agent with SIGKILL at the step whose number is `at` in
// this module's URL, and reports how many steps there were on file descriptor 3. A step is a moment
// at which something outside the process has just changed: a file was renamed or synced, a program
// was started or has ended, a request was sent or answered. `steps=programs` counts programs only.
// The agent itself has no hook.
import childProcess from "node:child_process";
import fs from "node:fs";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

const { searchParams } = new URL(import.meta.url);
const killAt = Number(searchParams.get("at"));
const countsAll = searchParams.get("steps") === "all";
let steps = 0;

function step() {
  steps += 1;
  if (steps === killAt) process.kill(process.pid, "SIGKILL");
}

const { renameSync, fsyncSync } = fs;
/** The sync of its folder is still to come. A kill leaves the same before and after it. */
let isRenamed = false;
fs.renameSync = (...parameters) => {
  renameSync(...parameters);
  isRenamed = true;
  if (countsAll) step();
};
fs.fsyncSync = (file) => {
  fsyncSync(file);
  const changesNothing = isRenamed && fs.fstatSync(file).isDirectory();
  isRenamed = false;
  if (countsAll && !changesNothing) step();
};

const { spawn } = childProcess;
childProcess.spawn = (...parameters) => {
  const child = spawn(...parameters);
  step();
  child.once("close", step);
  return child;
};

const { request } = https;
https.request = (...parameters) => {
  const outgoing = request(...parameters);
  if (countsAll) outgoing.once("finish", step).once("response", step);
  return outgoing;
};

syncBuiltinESMExports();
process.once("exit", () => fs.writeSync(3, String(steps)));
