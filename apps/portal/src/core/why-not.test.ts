import type { OperatorOrder, StageName } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { decideWhyNot } from "./why-not.ts";

const COURSE: readonly StageName[] = ["DeviceOrdered", "DevicePrepared", "Dispatched", "DataCopy"];
const at = (status: StageName, erasureReceipt?: string) =>
  ({
    properties: {
      status,
      details: { jobStages: COURSE.map((stageName) => ({ stageName, stageStatus: "None" })) },
    },
    ...(erasureReceipt === undefined ? {} : { erasureReceipt }),
  }) as unknown as OperatorOrder;
const endedAt = (status: StageName) =>
  ({
    properties: {
      status,
      details: {
        jobStages: ["DeviceOrdered", "DevicePrepared", status].map((stageName) => ({ stageName })),
      },
    },
  }) as unknown as OperatorOrder;
const prepare = { name: "prepare", allowed: false, stages: ["DeviceOrdered"] } as const;
const dispatch = { name: "dispatch", allowed: false, stages: ["DevicePrepared"] } as const;

test.each([
  ["comes later", dispatch, at("DeviceOrdered"), "later"],
  ["is done already", dispatch, at("Dispatched"), "past"],
  ["has no place when the order was canceled", dispatch, endedAt("Cancelled"), "stage"],
  ["was done before the order was canceled", prepare, endedAt("Cancelled"), "past"],
  [
    "waits while its stage is halted",
    { name: "complete", allowed: false, stages: ["DataCopy"] },
    at("DataCopy"),
    "halted",
  ],
  [
    "is refused by the stage",
    { name: "erase", allowed: false, stages: ["Cancelled"] },
    at("Dispatched"),
    "stage",
  ],
  [
    "was done",
    { name: "erase", allowed: false, stages: ["Cancelled"] },
    at("Cancelled", "jws"),
    "erased",
  ],
] as const)("an operation that %s has its own explanation", (_name, operation, order, kind) => {
  const stages = [...operation.stages];
  expect(decideWhyNot({ ...operation, stages }, order)?.kind).toBe(kind);
});

test("a possible operation needs no reason", () => {
  const operation = { ...dispatch, allowed: true, stages: [...dispatch.stages] };
  expect(decideWhyNot(operation, at("DevicePrepared"))).toBeUndefined();
});
