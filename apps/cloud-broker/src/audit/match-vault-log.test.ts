import { expect, test } from "vitest";

import { matchVaultLog } from "./match-vault-log.ts";

const SEED = "a".repeat(22);
const rowOf = (sequence: number, series: string) => ({
  rowJson: JSON.stringify({
    action: "key/uses",
    chain: "/an/order",
    sequence,
    at: "2026-01-02T03:04:05.678Z",
    outcome: "done",
    detail: { series },
  }),
});

test.each([
  ["parts of a row", [rowOf(1, `${SEED}:6000000 ${SEED}:6000000`)]],
  ["rows", [rowOf(1, `${SEED}:6000000`), rowOf(2, `${SEED}:6000000`)]],
])("%s that count more calls together than any broker makes are refused at once", (_name, rows) => {
  expect(() => matchVaultLog(rows, [])).toThrow(
    expect.objectContaining({ code: "Misuse" }) as Error,
  );
});
