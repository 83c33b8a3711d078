import { rename, writeFile } from "node:fs/promises";

import type { StackDescription } from "../core/stack-description.ts";

/** Writes stack.json (0600: it holds the secrets of the stack's clients), whole or not at all. */
export async function writeStackFile(path: string, stack: StackDescription): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, `${JSON.stringify(stack, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
