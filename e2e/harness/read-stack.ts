import { readFileSync, statSync } from "node:fs";

import type { StackDescription } from "@databox-cmk/local-stack";

export function readStack(path: string): StackDescription {
  // Unchecked, as in a script of a user; the story's test checks the members.
  return JSON.parse(readFileSync(path, "utf8"));
}

export function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}
