import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { AppError, type ErrorCode, type ErrorRow, ERRORS, isErrorCode } from "@databox-cmk/errors";
import { describe, expect, test } from "vitest";

import { eventOfError } from "../src/core/failure-event.ts";

const SOURCES = fileURLToPath(new URL("../src", import.meta.url));

/** The facts for every event of a prepared node (core/failure-event.ts). */
const known = {
  stateDir: "/var/lib/databox-agent",
  serial: "DBX-1",
  brokerUrl: "https://broker.example",
  orderId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.DataBox/jobs/o",
  orderName: "o",
};

/** Facts that only the place of the failure has. */
const GIVEN: Partial<Record<ErrorCode, Readonly<Record<string, string | number>>>> = {
  ApprovalPending: { approvalId: "a" },
  LocalRequestTooMany: { retryAfterSeconds: 30 },
  PasskeyRejected: { triesLeft: 4 },
  PasskeyTriesExhausted: { retryAfterSeconds: 900 },
  PortInUse: { port: 443 },
};

/**
 * The agent itself throws a code at an AppError; any other code in its sources is expected in a
 * denial.
 */
const thrown = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => readFileSync(join(SOURCES, path), "utf8"))
  .flatMap((text) => Array.from(text.matchAll(/new AppError\(([^;]*?)(?:,|\);)/g)))
  .flatMap(([, first = ""]) => Array.from(first.matchAll(/"(\w+)"/g), ([, code = ""]) => code))
  .filter((code) => isErrorCode(code));
const CODES = [...new Set<ErrorCode>([...thrown, "InternalError"])];

const renderings = CODES.flatMap((code) => {
  const { reasons }: ErrorRow = ERRORS[code];
  return [undefined, ...Object.keys(reasons ?? {})].map((reason) => ({ code, reason }));
});

describe("a person at the appliance reads no hole in the agent's own texts", () => {
  test("the codes are found, so that silence means something", () => {
    expect(CODES.length).toBeGreaterThan(25);
    expect(CODES).toEqual(
      expect.arrayContaining(["AgentStateUnwritable", "GrantRejected", "AgentBusy"]),
    );
    expect(CODES).toEqual(expect.arrayContaining(Object.keys(GIVEN)));
  });

  test.each(renderings)("$code $reason", ({ code, reason }) => {
    const error = new AppError(code, { reason, facts: GIVEN[code] });
    const { ask, steps } = eventOfError(error, { event: "unlock", elapsedMs: 1, known });
    expect(JSON.stringify([ask, steps])).not.toMatch(/<[a-zA-Z]+>/);
  });
});
