import { AppError } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { createLog, createUnauthenticatedLines, describeFault } from "./log.ts";

function lineOf(fields: object): Record<string, unknown> {
  const lines: string[] = [];
  createLog("info", (line) => lines.push(line))("info", "served", fields);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

// Evidence: Secrets in logs.
test("a log line holds only listed fields, for any input", () => {
  const line = lineOf({
    status: 200,
    passkey: "canary",
    authorization: "canary",
    body: { cek: "canary" },
  });
  expect(line).toMatchObject({ event: "served", status: 200 });
  expect(JSON.stringify(line)).not.toContain("canary");
});

// Evidence: Forged log lines.
test("text from an unauthenticated caller is marked, cut, and cannot forge a line", () => {
  const line = lineOf({ serial: `x\n{"event":"forged"}${"y".repeat(1000)}` });
  const { serial } = line["untrusted"] as { serial: string };
  expect(serial).toHaveLength(512);
});

test("a line below the level is not written", () => {
  const lines: string[] = [];
  createLog("warn", (line) => lines.push(line))("info", "served");
  expect(lines).toEqual([]);
});

test("a named failure tells its code, and the system's code of its cause, but no message", () => {
  const cause = Object.assign(new Error("canary"), { code: "57P01" });
  const fault = new AppError("ServiceUnavailable", {
    detail: "the database does not answer",
    cause,
  });
  const line = lineOf(describeFault(fault));
  expect(line).toMatchObject({
    code: "ServiceUnavailable",
    errorCode: "57P01",
    stack: expect.stringContaining("log.test.ts") as string,
    untrusted: { detail: "the database does not answer" },
  });
  expect(JSON.stringify(line)).not.toContain("canary");
});

test("an unnamed error tells its own code", () => {
  const fault = Object.assign(new Error("canary"), { code: "SQLITE_FULL" });
  expect(describeFault(fault)).toMatchObject({ error: "Error", errorCode: "SQLITE_FULL" });
});

const BURST = 60;
const IN_SUM = 600;

function openLines() {
  const clock = { nowMs: 0 };
  const logged: unknown[] = [];
  const lines = createUnauthenticatedLines(
    (level, event, fields) => logged.push({ level, event, ...fields }),
    () => clock.nowMs,
  );
  const admitted = (address: string, times: number) =>
    Array.from({ length: times }, () => lines.admit(address)).filter(Boolean).length;
  return { clock, logged, admitted };
}

// Evidence: A false sender behind a balancer.
test("a flood of one address has few lines, and takes none of another address", () => {
  const { clock, logged, admitted } = openLines();
  expect(admitted("203.0.113.7", 10_000)).toBe(BURST);
  expect(logged).toEqual([
    { level: "warn", event: "refusals without a line", address: "203.0.113.7", count: 1 },
  ]);
  expect(admitted("203.0.113.8", 1)).toBe(1);
  clock.nowMs = 10_000;
  expect(admitted("203.0.113.7", 10_000)).toBe(1);
  expect(logged).toHaveLength(2);
  expect(logged[1]).toMatchObject({ count: 10_000 - BURST + 1 });
});

test("a flood of many addresses has few lines", () => {
  const { admitted } = openLines();
  const sum = Array.from({ length: 100 }, (_, index) => admitted(`203.0.113.${String(index)}`, 10));
  expect(sum.reduce((one, other) => one + other)).toBe(IN_SUM);
});
