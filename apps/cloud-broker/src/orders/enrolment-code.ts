import { hash, randomBytes } from "node:crypto";

import { DAY_MS } from "../core/day.ts";

/** 160 bits, so that no slow hash is needed and guessing is hopeless. */
const CODE_BYTES = 20;
const CODE_LIFETIME_MS = DAY_MS;

export type EnrolmentCode = {
  /** Shown once to the operator who prepares the node. */
  readonly code: string;
  /** The stored form. */
  readonly hash: string;
  readonly expiresAtMs: number;
};

export function createEnrolmentCode(nowMs: number): EnrolmentCode {
  const code = randomBytes(CODE_BYTES).toString("base64url");
  return { code, hash: hashEnrolmentCode(code), expiresAtMs: nowMs + CODE_LIFETIME_MS };
}

export function hashEnrolmentCode(code: string): string {
  return hash("sha256", code, "base64url");
}
