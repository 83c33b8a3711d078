import { existsSync } from "node:fs";
import { join } from "node:path";

import { stateDirOf } from "../command-line/state-dir.ts";
import { COMMANDS } from "../core/agent-event.ts";
import type { main } from "../program.ts";
import { type LoadedProgram, loadProgram } from "./load-program.ts";

type Program = { readonly main: typeof main };

/** The program: the bundle if it is beside this file, otherwise the sources. */
export async function loadMain(
  words: readonly string[],
): Promise<Program & Pick<LoadedProgram, "keepCompiled">> {
  const file = join(import.meta.dirname, "program.cjs");
  if (!existsSync(file))
    return { main: (await import("../program.ts")).main, keepCompiled: () => undefined };
  const command = COMMANDS.find((name) => words.includes(name)) ?? "none";
  const folder = join(stateDirOf(words), "compile-cache");
  const { exports, keepCompiled } = loadProgram(file, folder, command);
  if (!isProgram(exports)) throw new TypeError(`${file}: not the agent's program`);
  return { main: exports.main, keepCompiled };
}

function isProgram(exports: unknown): exports is Program {
  return typeof exports === "object" && exports !== null && "main" in exports;
}
