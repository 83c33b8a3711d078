import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import type { AuditEvent } from "../core/ports.ts";
import { nextAuditRow, type AuditRow } from "./audit-row.ts";
import { verifyChain } from "./verify-chain.ts";

const EVENT: AuditEvent = {
  action: "order/listCredentials",
  actor: { kind: "device", serial: "DBX-1", address: "127.0.0.1" },
  outcome: "granted",
  correlationId: "00000000-0000-4000-8000-000000000000",
};
const CHAIN = "/subscriptions/s/resourcegroups/g/providers/microsoft.databox/jobs/order";

function chainOf(length: number, chain = CHAIN, fromMs = 0): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let index = 0; index < length; index += 1) {
    const event = { ...EVENT, detail: { index } };
    rows.push(nextAuditRow(chain, rows.at(-1), event, fromMs + index * 1000));
  }
  return rows;
}
const row = (rows: readonly AuditRow[], index: number): AuditRow => {
  const found = rows[index];
  if (found === undefined) throw new Error(`no row ${String(index)}`);
  return found;
};

type Tamper = (rows: AuditRow[]) => void;
const TAMPERED: Readonly<Record<string, readonly [Tamper, number, string]>> = {
  "a flipped character": [
    (rows) => {
      rows[2] = { ...row(rows, 2), rowJson: row(rows, 2).rowJson.replace("granted", "refused") };
    },
    3,
    "altered",
  ],
  "a row rewritten with a new hash of its own": [
    (rows) => {
      rows[2] = nextAuditRow(CHAIN, row(rows, 1), { ...EVENT, outcome: "refused" }, 2000);
    },
    4,
    "altered",
  ],
  "a deleted row": [(rows) => rows.splice(2, 1), 3, "missing-or-moved"],
  "a deleted first row": [(rows) => rows.splice(0, 1), 1, "missing-or-moved"],
  "a deleted row whose followers were renumbered": [
    (rows) => {
      rows.splice(2, 1);
      rows.forEach((each, index) => {
        rows[index] = { ...each, sequence: index + 1 };
      });
    },
    3,
    "altered",
  ],
  "two rows that changed places": [
    (rows) => {
      rows.splice(1, 2, row(rows, 2), row(rows, 1));
    },
    2,
    "missing-or-moved",
  ],
  "two rows that changed places and sequences": [
    (rows) => {
      const [second, third] = [row(rows, 1), row(rows, 2)];
      rows[1] = { ...third, sequence: 2 };
      rows[2] = { ...second, sequence: 3 };
    },
    2,
    "altered",
  ],
  "a row of another chain": [
    (rows) => {
      rows[1] = row(chainOf(2, "broker"), 1);
    },
    2,
    "missing-or-moved",
  ],
  "a row that is not JSON": [
    (rows) => {
      rows[3] = { ...row(rows, 3), rowJson: "{" };
    },
    4,
    "not-a-row",
  ],
  "a row that is a JSON string": [
    (rows) => {
      rows[3] = { ...row(rows, 3), rowJson: '"x"' };
    },
    4,
    "not-a-row",
  ],
};

describe("an audit chain", () => {
  test("is whole as it was written, and names its head", () => {
    const rows = chainOf(5);
    expect(verifyChain(CHAIN, rows)).toMatchObject({ ok: true, length: 5, head: rows[4]?.hash });
  });

  test("may be empty", () => {
    expect(verifyChain(CHAIN, [])).toMatchObject({ ok: true, length: 0, head: "" });
  });

  test.each(Object.entries(TAMPERED))(
    "with %s is found out",
    (_name, [tamper, sequence, fault]) => {
      const rows = chainOf(5);
      tamper(rows);
      expect(verifyChain(CHAIN, rows)).toEqual({ ok: false, sequence, fault });
    },
  );

  test("cut at its end shows another length and head", () => {
    const rows = chainOf(5);
    expect(verifyChain(CHAIN, rows.slice(0, 4))).not.toEqual(verifyChain(CHAIN, rows));
  });

  const noted = { length: 4, head: row(chainOf(5), 3).hash };
  test.each([
    ["that has grown since", chainOf(5), { ok: true, length: 5 }],
    ["that is as long as then", chainOf(4), { ok: true, length: 4 }],
    ["that is shorter", chainOf(3), { ok: false, sequence: 4, fault: "not-as-noted" }],
    ["that was rewritten", chainOf(6, CHAIN, 1), { ok: false, sequence: 4, fault: "not-as-noted" }],
    ["of which nothing is left", [], { ok: false, sequence: 1, fault: "not-as-noted" }],
  ])("%s is compared with a head that was noted", (_name, rows, expected) => {
    expect(verifyChain(CHAIN, rows, { noted: [noted] })).toMatchObject(expected);
  });

  test.prop([fc.integer({ min: 0, max: 4 }), fc.nat(), fc.integer({ min: 1, max: 127 })])(
    "does not survive any changed byte of any row",
    (index, position, change) => {
      const rows = chainOf(5);
      const bytes = Buffer.from(row(rows, index).rowJson);
      const at = position % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ change;
      rows[index] = { ...row(rows, index), rowJson: bytes.toString() };
      expect(verifyChain(CHAIN, rows)).toMatchObject({ ok: false, sequence: index + 1 });
    },
  );
});
