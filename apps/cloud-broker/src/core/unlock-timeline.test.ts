import { describe, expect, test } from "vitest";

import { receivedAt, timelineOf, type TracedRow } from "./unlock-timeline.ts";

const AT_MS = Date.UTC(2026, 10, 25, 2, 0, 0);
const base = {
  action: "unlock",
  correlationId: "c",
  serial: "DBX-1",
} as const;
const step = (name: string, afterMs: number, rest: object = {}) => ({ name, afterMs, ...rest });
const BEGUN = [step("received", 0), step("signature", 0.4), step("decision", 0.6)];
const shown = (row: TracedRow, receipt?: { atMs: number; outcome: string }): readonly string[] =>
  timelineOf(row, AT_MS, receipt).map(({ name, status }) => `${name} ${status}`);

describe("the timeline of an unlock", () => {
  test("that was granted goes from the message to the receipt, with the vault's request ids", () => {
    const row: TracedRow = {
      ...base,
      outcome: "granted",
      steps: [
        ...BEGUN,
        step("nonce", 1),
        step("get-key", 1.1, { elapsedMs: 3, vaultRequestId: "get-1" }),
        step("unwrap", 4.2, { elapsedMs: 5, vaultRequestId: "unwrap-1" }),
        step("seal", 9.9),
        step("record", 10),
      ],
    };
    expect(shown(row, { atMs: AT_MS + 40, outcome: "unlocked" })).toEqual([
      "received passed",
      "signature passed",
      "decision passed",
      "nonce passed",
      "get-key passed",
      "key-rules passed",
      "unwrap passed",
      "seal passed",
      "record passed",
      "answered passed",
      "receipt passed",
    ]);
    expect(receivedAt(row, AT_MS)).toBe(AT_MS - 10);
    const get = timelineOf(row, AT_MS, undefined).find(({ name }) => name === "get-key");
    expect(get).toMatchObject({ atMs: AT_MS - 8.9, elapsedMs: 3, vaultRequestId: "get-1" });
    expect(shown(row).at(-1)).toBe("receipt not-reached");
  });

  test("that used an earlier Get of the key says so, also where the vault then refuses", () => {
    for (const code of [undefined, "X"]) {
      const steps = [...BEGUN, step("nonce", 1), step("unwrap", 2, { code }), step("record", 5)];
      const outcome = code === undefined ? "granted" : "refused";
      const row: TracedRow = { ...base, outcome, code, steps };
      expect(shown(row).slice(4, 7)).toEqual([
        "get-key passed",
        "key-rules passed",
        `unwrap ${code === undefined ? "passed" : "failed"}`,
      ]);
      const get = timelineOf(row, AT_MS, undefined)[4];
      expect(get).toMatchObject({ detail: "read shortly before" });
    }
  });

  const REFUSALS: Readonly<Record<string, readonly [TracedRow["steps"], string, string]>> = {
    "by the broker's own checks": [
      [step("received", 0), step("signature", 0.4), step("record", 1)],
      "decision failed",
      "nonce not-reached",
    ],
    "by a nonce that another was faster to use": [
      [...BEGUN, step("record", 1)],
      "nonce failed",
      "get-key not-reached",
    ],
    "by the vault's answer to Get": [
      [...BEGUN, step("nonce", 1), step("get-key", 1.1, { code: "X" }), step("record", 5)],
      "get-key failed",
      "key-rules not-reached",
    ],
    "by the key's attributes, as Get returned them": [
      [...BEGUN, step("nonce", 1), step("get-key", 1.1), step("record", 5)],
      "key-rules failed",
      "unwrap not-reached",
    ],
    "by the vault's answer to unwrap": [
      [
        ...BEGUN,
        step("nonce", 1),
        step("get-key", 1.1),
        step("unwrap", 2, { code: "X" }),
        step("record", 5),
      ],
      "unwrap failed",
      "seal not-reached",
    ],
    "by a content key that is not the envelope's": [
      [...BEGUN, step("nonce", 1), step("get-key", 1.1), step("unwrap", 2), step("record", 5)],
      "seal failed",
      "record passed",
    ],
  };
  test.each(Object.entries(REFUSALS))("that was refused %s says where", (_by, [steps, ...ends]) => {
    const row: TracedRow = { ...base, outcome: "refused", code: "X", steps };
    const lines = shown(row);
    expect(lines.filter((line) => line.endsWith(" failed"))).toEqual(
      ends.filter((line) => line.endsWith(" failed")),
    );
    for (const line of ends) expect(lines).toContain(line);
    expect(lines).toContain("answered passed");
    expect(lines.some((line) => line.startsWith("receipt"))).toBe(false);
  });

  test("of a row without steps still says that it was recorded", () => {
    const row: TracedRow = { ...base, action: "order/dispatch", outcome: "granted" };
    expect(shown(row)[0]).toBe("record passed");
    expect(receivedAt(row, AT_MS)).toBeUndefined();
  });
});
