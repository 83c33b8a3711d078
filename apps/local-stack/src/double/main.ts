#!/usr/bin/env node
// The packed test double: `npx` runs it on any Node since 20, without this repository.
import nodeModule from "node:module";

import { completeNode } from "./complete-node.ts";

void start();

async function start(): Promise<void> {
  // Compiling the program takes a third of a start; Node keeps the result since 22.
  if ("enableCompileCache" in nodeModule) nodeModule.enableCompileCache();
  await completeNode();
  const { runProgram } = await import("./program.ts");
  await runProgram();
}
