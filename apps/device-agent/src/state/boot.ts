import { readFileSync } from "node:fs";
import { uptime } from "node:os";

import { AppError } from "@databox-cmk/errors";
import { bootId as bootIdSchema, parseWith } from "@databox-cmk/protocol";

import type { Moment } from "../core/moment.ts";
import { systemCode } from "./state-error.ts";

const KERNEL_BOOT_ID = "/proc/sys/kernel/random/boot_id";

/**
 * The kernel's id of this boot; another one means that the machine was off and the volume is
 * locked.
 */
export function readBootId(file: string = KERNEL_BOOT_ID): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new AppError("AgentStateUnreadable", {
      detail: `${file}: cannot be read (${systemCode(error)})`,
      cause: error,
    });
  }
  const parsed = parseWith(bootIdSchema, text);
  if (!parsed.ok) throw new AppError("AgentStateUnreadable", { detail: `${file}: not a boot id` });
  return parsed.value;
}

/** Now, in the boot with this id. */
export function momentIn(bootId: string): Moment {
  return { bootId, bootMs: bootClockMs() };
}

/**
 * Milliseconds since this boot, counted through suspend (CLOCK_BOOTTIME); the same for every
 * process.
 */
export function bootClockMs(): number {
  return Math.round(uptime() * 1000);
}
