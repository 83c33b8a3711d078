import { AppError, systemCodeOf } from "@databox-cmk/errors";

import type { DatabaseUrl } from "../../config/database-url.ts";

const UNUSABLE: Readonly<Record<string, string>> = {
  "28P01": "the server rejects this user and password; check DATABASE_PASSWORD_FILE",
  "28000": "the server does not allow this user; check its pg_hba.conf",
  "3D000": "there is no such database; create it (create database …)",
  "42P01": "it has no tables of a broker; run broker migrate",
  "42501":
    "this user may not create tables there, or read them; run broker migrate as the owner of the database, and grant this user its rights",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "its certificate is not from a trusted authority; set DATABASE_CA_FILE",
  SELF_SIGNED_CERT_IN_CHAIN:
    "its certificate is not from a trusted authority; set DATABASE_CA_FILE",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate is not from a trusted authority; set DATABASE_CA_FILE",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  CERT_HAS_EXPIRED: "its certificate has expired",
};
/** Messages of the driver and of a pooler whose code says less. */
const UNUSABLE_MESSAGES: readonly (readonly [RegExp, string])[] = [
  [
    /does not support SSL/i,
    "the server has no TLS; turn it on there, or set DATABASE_TLS to off if the connection cannot be overheard",
  ],
  [
    /unsupported startup parameter/i,
    "a pooler refuses the broker's time limits; name them in its ignore_startup_parameters, and give them to the database",
  ],
];

/**
 * Explains in one clause why the broker cannot use its database at the start; any other error is a
 * bug and is returned unchanged.
 */
export function startFailure(error: unknown, url: DatabaseUrl): unknown {
  const where = `DATABASE_URL: database ${url.database} at ${url.host}:${String(url.port)}`;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = systemCodeOf(cause) ?? "";
    const [, told] = UNUSABLE_MESSAGES.find(([pattern]) => pattern.test(cause.message)) ?? [];
    const reason = told ?? UNUSABLE[code];
    if (reason !== undefined)
      return new AppError("Misuse", { detail: `${where} cannot be used: ${reason}`, cause: error });
  }
  if (error instanceof AppError && error.code === "ServiceUnavailable")
    return new AppError("ServiceUnavailable", { detail: `${where} does not answer`, cause: error });
  return error;
}
