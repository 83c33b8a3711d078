import { readFileSync, statSync } from "node:fs";

import type { StackDescription } from "@databox-cmk/local-stack";

export function readStack(path: string): StackDescription {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a script of a user does; the story's test checks the members
  return JSON.parse(readFileSync(path, "utf8")) as StackDescription;
}

export function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}
