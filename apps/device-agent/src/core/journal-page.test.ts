import { DEVICE_MESSAGE_MAX_BYTES, type JournalRow } from "@databox-cmk/protocol";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";

import { nextPage } from "./journal-page.ts";

const row = (sequence: number, text = ""): JournalRow => ({
  sequence,
  at: "2026-11-25T01:02:03.456Z",
  bootId: "boot-number-1",
  event: "unlocked",
  facts: { text },
  previous: "A".repeat(43),
  hash: "A".repeat(43),
});
const rows = Array.from({ length: 300 }, (_, index) => row(index + 1));

describe("pages of a journal", () => {
  test("together hold every row once, in order", () => {
    const delivered: number[] = [];
    for (;;) {
      const page = nextPage(rows, delivered.at(-1) ?? 0);
      if (page.length === 0) break;
      delivered.push(...page.map(({ sequence }) => sequence));
    }
    expect(delivered).toEqual(rows.map(({ sequence }) => sequence));
  });

  property.prop([
    fc.array(fc.string({ unit: "grapheme", maxLength: 100 }), { minLength: 1, maxLength: 200 }),
  ])("fit into a signed message, whatever the rows say", (texts) => {
    const page = nextPage(
      texts.map((text, index) => row(index + 1, text)),
      0,
    );
    const payload = JSON.stringify({ order: "o".repeat(260), serial: "s".repeat(64), rows: page });
    expect(page.length).toBeGreaterThan(0);
    expect((Buffer.byteLength(payload) * 4) / 3 + 300).toBeLessThan(DEVICE_MESSAGE_MAX_BYTES);
  });

  test("end when everything is delivered", () => {
    expect(nextPage(rows, 300)).toEqual([]);
  });
});
