import { expect, test } from "vitest";

import accepted from "./accepted-advisories.json" with { type: "json" };
import { decideAudit } from "./decide-audit.mjs";

const ID = "GHSA-aaaa-bbbb-cccc";
const advisory = {
  id: ID,
  package: "express",
  severity: "high",
  title: "Bad thing",
  url: `https://github.com/advisories/${ID}`,
};
const acceptance = { id: ID, reason: "only a test uses it", until: "2026-11-27" };
const TEXT = `high ${ID} in express: Bad thing (https://github.com/advisories/${ID})`;

test("without advisories nothing fails", () => {
  expect(decideAudit([], [], "2026-11-27")).toEqual({
    open: [],
    expired: [],
    unneeded: [],
    fails: false,
  });
});

// Evidence: The supply chain.
test("an advisory that was not accepted fails, and is named", () => {
  expect(decideAudit([advisory], [], "2026-11-27")).toMatchObject({ open: [TEXT], fails: true });
  const other = { ...acceptance, id: "GHSA-xxxx-yyyy-zzzz" };
  expect(decideAudit([advisory], [other], "2026-11-27")).toMatchObject({
    open: [TEXT],
    unneeded: [other.id],
    fails: true,
  });
});

test.each([
  ["2026-11-27", false],
  ["2026-11-28", true],
  ["2027-01-01", true],
  // Evidence: The supply chain.
])("an acceptance until 2026-11-27 on %s: it fails is %s", (today, fails) => {
  const decision = decideAudit([advisory], [acceptance], today);
  expect(decision).toMatchObject({ open: [], unneeded: [], fails });
  expect(decision.expired).toEqual(
    fails ? [`${TEXT}; accepted until 2026-11-27: only a test uses it`] : [],
  );
});

test("an acceptance that is no longer needed is named, and does not fail", () => {
  expect(decideAudit([], [acceptance], "2030-01-01")).toMatchObject({
    unneeded: [ID],
    fails: false,
  });
});

test.each([
  { ...acceptance, id: "CVE-2026-1" },
  { ...acceptance, reason: " " },
  { ...acceptance, until: "soon" },
  { ...acceptance, until: "2026-13-01" },
])("an incomplete acceptance is an error: %j", (wrong) => {
  expect(() => decideAudit([], [wrong], "2026-11-27")).toThrow("expected a GHSA id");
});

test("each accepted advisory is complete", () => {
  expect(() => decideAudit([], accepted, "2026-11-27")).not.toThrow();
});
