import { STAGE_NAMES, TRANSFER_TYPES } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { decideNodeErasure } from "./decide-node-erasure.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { stageRules } from "./stages.ts";

const at = (stage: Lifecycle["stage"], changed: Partial<Lifecycle> = {}): Lifecycle => ({
  transferType: "ImportToAzure",
  stage,
  stageStatus: stageRules(stage).entryStatus,
  prepared: true,
  erased: false,
  ...changed,
});

describe("a node may be erased", () => {
  test.each(TRANSFER_TYPES)("in no stage of an %s but the completed ones", (transferType) => {
    const allowed = STAGE_NAMES.filter(
      (stage) => decideNodeErasure(at(stage, { transferType })).ok,
    );
    expect(allowed).toEqual(["Completed", "CompletedWithErrors", "CompletedWithWarnings"]);
  });

  test("once the owner has given its data up", () => {
    const stageStatus = "CustomerActionPerformedForCleanUp";
    expect(decideNodeErasure(at("DataCopy", { stageStatus })).ok).toBe(true);
  });

  test.each(["Aborted", "Failed_IssueReportedAtCustomer"] as const)(
    "of an order at %s once its keys were erased",
    (stage) => {
      expect(decideNodeErasure(at(stage, { erased: true })).ok).toBe(true);
    },
  );
});

test.each([
  ["Delivered", undefined],
  ["AtAzureDC", "copy"],
  ["DataCopy", "copy"],
  ["Aborted", "failed"],
  ["Cancelled", "failed"],
] as const)("a refusal at %s says why: %s", (stage, reason) => {
  expect(decideNodeErasure(at(stage))).toMatchObject({
    failure: { code: "ErasureForbidden", reason, detail: expect.stringContaining(stage) },
  });
});
