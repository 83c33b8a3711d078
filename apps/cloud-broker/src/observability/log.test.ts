import { expect, test } from "vitest";

import { createLog } from "./log.ts";

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
