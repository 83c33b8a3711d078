import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "@databox-cmk/errors";

import { erasure, type Erasure, filesToDestroy } from "../core/erasure.ts";
import { destroy } from "./destroy-file.ts";
import { readJson } from "./private-file.ts";
import { toStateError } from "./state-error.ts";
import { syncFolder, writeJson } from "./write-durably.ts";

const pathIn = (folder: string) => join(folder, "erasure.json");

/** Undefined for a node that is not being erased. @throws {AppError} `AgentStateUnreadable` */
export function readErasure(folder: string): Erasure | undefined {
  return readJson(pathIn(folder), erasure);
}

/** @throws {AppError} `AgentStateUnwritable` or `DiskFull` */
export function writeErasure<Next extends Erasure>(folder: string, value: Next): Next {
  writeJson(pathIn(folder), value);
  return value;
}

/** @throws {AppError} `NodeErased` for a node that is erased or being erased */
export function requireNotErased(folder: string): void {
  const found = readErasure(folder);
  if (found !== undefined) throw erasedError(found);
}

export function erasedError({ step, serial, order }: Erasure): AppError {
  return new AppError("NodeErased", {
    reason: step === "erased" ? undefined : "erasing",
    facts: { serial, orderId: order, orderName: order.split("/").at(-1) ?? "" },
  });
}

/**
 * Destroys the node's files that must not outlive a step: deny by default, so a file that a later
 * version adds goes, too. Anything but a file, such as a link, is only removed.
 *
 * @throws {AppError} `AgentStateUnwritable`
 */
export function destroyNodeFiles(folder: string, step: "begun" | "certified"): void {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const isFile = new Map(entries.map((entry) => [entry.name, entry.isFile()]));
    for (const name of filesToDestroy([...isFile.keys()], step)) {
      const path = join(folder, name);
      if (isFile.get(name) === true) destroy(path);
      else {
        rmSync(path, { recursive: true });
        syncFolder(folder);
      }
    }
  } catch (error) {
    throw toStateError(error, folder);
  }
}
