import { existsSync } from "node:fs";
import { join } from "node:path";

import { mayContinue, waitingRequest, type WaitingRequest } from "../core/waiting-request.ts";
import { destroy, replaceSecret } from "./destroy-file.ts";
import { readJson } from "./private-file.ts";

const pathIn = (folder: string) => join(folder, "waiting-request.json");

/**
 * Undefined also for a request of another boot. Cheap without a file, as on every unlock that needs
 * no approval.
 *
 * @throws {AppError} `AgentStateUnreadable`
 */
export function readWaitingRequest(
  folder: string,
  now: Parameters<typeof mayContinue>[1],
): WaitingRequest | undefined {
  if (!existsSync(pathIn(folder))) return undefined;
  const found = readJson(pathIn(folder), waitingRequest);
  return found !== undefined && mayContinue(found, now) ? found : undefined;
}

/** @throws {AppError} `AgentStateUnwritable` or `DiskFull` */
export function writeWaitingRequest(folder: string, value: WaitingRequest): void {
  replaceSecret(pathIn(folder), value);
}

/** @returns whether the file existed @throws {AppError} `AgentStateUnwritable` */
export function destroyWaitingRequest(folder: string): boolean {
  const isThere = existsSync(pathIn(folder));
  destroy(pathIn(folder));
  return isThere;
}
