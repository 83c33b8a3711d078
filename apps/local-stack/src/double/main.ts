#!/usr/bin/env node
// The packed test double: `npx` runs it on any Node since 22.15, without this repository.
import nodeModule from "node:module";

import { completeNode } from "./complete-node.ts";

void start();

async function start(): Promise<void> {
  // Compiling the program takes a third of a start; Node keeps the result since 22.
  if ("enableCompileCache" in nodeModule) nodeModule.enableCompileCache();
  try {
    completeNode();
  } catch (error) {
    console.error(String(error));
    process.exit(1);
  }
  const { runProgram } = await import("./program.ts");
  await runProgram();
}
