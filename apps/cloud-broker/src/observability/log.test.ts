import { AppError } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { createLog, describeFault } from "./log.ts";

function lineOf(fields: object): Record<string, unknown> {
  const lines: string[] = [];
  createLog("info", (line) => lines.push(line))("info", "served", fields);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

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
