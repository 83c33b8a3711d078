import { expect, test } from "vitest";

import { tellRetirements } from "./doctor-judgements.ts";

test.each([
  ["2026-11-27T00:00:00Z", "retire in 92 days, on 2027-02-27"],
  ["2027-02-26T23:59:59Z", "retire in 1 days, on 2027-02-27"],
  ["2027-02-27T00:00:00Z", "have retired on 2027-02-27"],
  ["2028-01-01T00:00:00Z", "have retired on 2027-02-27"],
])("on %s, Key Vault's control-plane versions before 2026-02-01 %s", (now, when) => {
  expect(tellRetirements(Date.parse(now))).toEqual({
    ok: true,
    found: expect.stringContaining(
      `Key Vault's control-plane versions before 2026-02-01 ${when}: this broker`,
    ),
  });
});
