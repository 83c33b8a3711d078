import { readFileSync } from "node:fs";
import { join } from "node:path";

import { systemCodeOf } from "@databox-cmk/errors";

import type { StackDescription } from "../core/stack-description.ts";

/** The stack that was started last in this folder; undefined: none was. */
export function readStackFile(directory: string): StackDescription | undefined {
  const path = join(directory, "stack.json");
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
