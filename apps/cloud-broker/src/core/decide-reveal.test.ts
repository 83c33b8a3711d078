import type { PurposeTerms } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { withheldBy } from "./decide-reveal.ts";

const MONDAY_NOON = Date.UTC(2026, 0, 5, 12);
const FREE: PurposeTerms = {
  networks: [],
  windows: [],
  approvals: { required: 0, approvers: [], expiresAfterSeconds: 3600 },
};
const APPROVED = { ...FREE, approvals: { ...FREE.approvals, required: 1 } };
const ELSEWHERE = { ...FREE, networks: ["203.0.113.0/24"] };
const hours = (day: "Mon" | "Sun") => ({
  ...FREE,
  windows: [{ days: [day], from: "08:00", to: "18:00", timeZone: "UTC" }],
});
const releaseOf = ({ windows, approvals }: PurposeTerms) => ({
  windows,
  approvals,
  breakGlass: true,
});

describe("the passkey", () => {
  test.each([
    ["release", "approvals", APPROVED, { ingest: FREE, fill: FREE }],
    ["release", "window", hours("Sun"), { ingest: FREE }],
    ["purposes.ingest", "approvals", FREE, { ingest: APPROVED }],
    ["purposes.ingest", "network", FREE, { ingest: ELSEWHERE, fill: APPROVED }],
    ["purposes.fill", "network", FREE, { fill: ELSEWHERE }],
    ["purposes.fill", "window", FREE, { ingest: FREE, fill: hours("Sun") }],
  ] as const)("is withheld by %s (%s)", (part, reason, release, purposes) => {
    expect(withheldBy({ release: releaseOf(release), purposes }, MONDAY_NOON)).toEqual({
      code: "CredentialsWithheld",
      reason,
      detail: `unlock policy: ${part}`,
    });
  });

  test("is shown where each part allows it", () => {
    const free = {
      release: releaseOf(hours("Mon")),
      purposes: { ingest: FREE, fill: hours("Mon") },
    };
    expect(withheldBy(free, MONDAY_NOON)).toBeUndefined();
    expect(withheldBy({ release: releaseOf(FREE) }, MONDAY_NOON)).toBeUndefined();
  });
});
