import { OPERATIONS, STAGE_NAMES, TRANSFER_TYPES } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { type Lifecycle, STAGE_PATHS } from "./lifecycle.ts";
import { operationsOf } from "./operator-operations.ts";
import { stageRules } from "./stages.ts";

const at = (stage: Lifecycle["stage"], changed: Partial<Lifecycle> = {}): Lifecycle => ({
  transferType: "ImportToAzure",
  stage,
  stageStatus: stageRules(stage).entryStatus,
  prepared: stage !== "DeviceOrdered",
  erased: false,
  ...changed,
});
const allowed = (order: Lifecycle) =>
  operationsOf(order).flatMap((operation) => (operation.allowed ? [operation.name] : []));

describe("an order takes", () => {
  test.each([
    ["prepare and fail when it is placed", at("DeviceOrdered"), ["prepare", "fail"]],
    ["dispatch once it is prepared", at("DevicePrepared"), ["dispatch", "fail"]],
    ["complete while its data is copied", at("DataCopy"), ["complete", "fail"]],
    [
      "the copy again, and no end, while its key is refused",
      at("DataCopy", { stageStatus: "WaitingForCustomerActionForKek" }),
      ["startCopy", "fail"],
    ],
    [
      "erasure and failure once its data was given up",
      at("DataCopy", { stageStatus: "CustomerActionPerformedForCleanUp" }),
      ["fail", "erase"],
    ],
    ["erasure alone when it has ended", at("Completed"), ["erase"]],
    ["nothing when it is erased", at("Completed", { erased: true }), []],
  ] as const)("%s", (_name, order, expected) => {
    expect(allowed(order)).toEqual(expected);
  });
});

test.each(TRANSFER_TYPES)("each stage of an %s has exactly one way on", (transferType) => {
  const path = STAGE_PATHS[transferType];
  for (const stage of path.slice(0, -1)) {
    const onward = allowed(at(stage, { transferType })).filter((name) => name !== "fail");
    expect(onward).toHaveLength(1);
  }
});

test("every operation says from which stages it leads on", () => {
  for (const stage of STAGE_NAMES) {
    const order = at(stage);
    expect(operationsOf(order).map(({ name }) => name)).toEqual(OPERATIONS);
    for (const { allowed: isAllowed, stages } of operationsOf(order))
      expect(isAllowed).toBe(stages.includes(stage));
  }
});
