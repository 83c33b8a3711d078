import type { PurposeTerms } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { releaseOf } from "./release-terms.ts";
import { defaultUnlockPolicy } from "./unlock-policy.ts";

const base = defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 0 });
const terms = (required: number, ...approvers: string[]): PurposeTerms => ({
  networks: [],
  windows: [],
  approvals: { required, approvers, expiresAfterSeconds: 3600 },
});
const ANYONE = terms(1);
const ADA = terms(1, "ada");
const BEN = terms(1, "ben");
const TWO = terms(2);

describe("a change that loosens the protection", () => {
  test.each([
    ["the part that requires most approvals", ADA, { ingest: ANYONE, fill: TWO }, TWO],
    ["on a tie the part that names its approvers", ANYONE, { ingest: ANYONE, fill: ADA }, ADA],
    ["on a tie the earlier part that names them", ANYONE, { ingest: ADA, fill: BEN }, ADA],
    ["on a tie release, if it names them", ADA, { ingest: BEN, fill: ANYONE }, ADA],
    ["release, if it is the only part", ANYONE, undefined, ANYONE],
  ])("needs the approvals of %s", (_name, { windows, approvals }, purposes, expected) => {
    const release = { windows, approvals, breakGlass: false };
    const { approvals: needed } = releaseOf({ ...base, release, purposes }, "change");
    expect(needed).toEqual(expected.approvals);
  });
});
