import type { Receipt } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { decideReceipt } from "./decide-receipt.ts";

const RECEIPT: Receipt = {
  grantHash: "grant",
  order: "order",
  serial: "serial",
  outcome: "unlocked",
  bootId: "boot",
  counter: 1,
  journalHead: "head",
};
const FRESH = { purpose: "unlock", receiptHash: undefined, receiptOutcome: undefined } as const;

describe("a receipt", () => {
  test.each([
    ["prepare", "prepared"],
    ["prepare", "failed"],
    ["unlock", "unlocked"],
    ["unlock", "failed"],
    ["ingest", "unlocked"],
    ["ingest", "failed"],
  ] as const)("for a grant to %s may say %s", (purpose, outcome) => {
    const receipt = { ...RECEIPT, outcome, code: "VolumeRejectedKey" };
    const decision = decideReceipt(receipt, { ...FRESH, purpose });
    expect(decision).toEqual({ ok: true, value: { isRepeated: false } });
  });

  test.each([
    ["unlock", "prepared"],
    ["ingest", "prepared"],
    ["prepare", "unlocked"],
  ] as const)("for a grant to %s may not say %s", (purpose, outcome) => {
    const decision = decideReceipt({ ...RECEIPT, outcome }, { ...FRESH, purpose });
    expect(decision).toMatchObject({ ok: false, failure: { code: "DeviceMessageMalformed" } });
  });

  test.each([
    ["the same outcome", "unlocked", { ok: true, value: { isRepeated: true } }],
    ["another outcome", "failed", { ok: false, failure: { code: "ReplayDetected" } }],
  ] as const)("after one with %s", (_name, receiptOutcome, expected) => {
    const grant = { ...FRESH, receiptHash: "before", receiptOutcome };
    expect(decideReceipt(RECEIPT, grant)).toMatchObject(expected);
  });
});
