import { AppError } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { nameFault } from "./name-fault.ts";

const ofCode = (code: string) => Object.assign(new Error("text"), { code });
const NAMED: readonly (readonly [string, string | undefined])[] = [
  ["SQLITE_FULL", "full"],
  ["SQLITE_IOERR_SHMSIZE", "full"],
  ["ENOSPC", "full"],
  ["53100", "full"],
  ["SQLITE_READONLY", "read-only"],
  ["SQLITE_READONLY_DBMOVED", "read-only"],
  ["25006", "read-only"],
  ["SQLITE_BUSY", "locked"],
  ["SQLITE_BUSY_SNAPSHOT", "locked"],
  ["SQLITE_CORRUPT", "damaged"],
  ["SQLITE_IOERR_WRITE", "damaged"],
  ["57P01", undefined],
];

test.each(NAMED)("a database's %s is an outage for the operator: %s", (code, reason) => {
  const cause = ofCode(code);
  const ofServer = nameFault(new AppError("ServiceUnavailable", { cause }));
  expect(ofServer).toMatchObject({ code: "ServiceUnavailable", cause });
  expect(ofServer.reason).toBe(reason);
  const { code: named } = nameFault(cause);
  expect(named).toBe(reason === undefined ? "InternalError" : "ServiceUnavailable");
});

test.each(["SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_ERROR", "ERR_ANYTHING"])(
  "%s stays a fault of ours",
  (code) => {
    expect(nameFault(ofCode(code)).code).toBe("InternalError");
  },
);

test.each(["SQLITE_CONSTRAINT_FOREIGNKEY", "23503"])(
  "%s is tried again, and finds that the order is gone",
  (code) => {
    expect(nameFault(ofCode(code)).code).toBe("BrokerBusy");
  },
);

test("a named failure stays as it is", () => {
  const error = new AppError("DiskFull", { cause: ofCode("SQLITE_FULL") });
  expect(nameFault(error)).toBe(error);
});
