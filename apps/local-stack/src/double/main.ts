#!/usr/bin/env node
// The packed test double: `npx` runs it on any Node since 20, without this repository.
import nodeModule from "node:module";

void start();

/** An older Node gets what it lacks before the rest is loaded. */
async function start(): Promise<void> {
  // Compiling the program takes a third of a start; Node keeps the result since 22.
  if ("enableCompileCache" in nodeModule) nodeModule.enableCompileCache();
  if (typeof AsyncDisposableStack === "undefined") {
    await import("core-js/actual");
    await import("./older-node.ts");
  }
  const { runProgram } = await import("./program.ts");
  await runProgram();
}
