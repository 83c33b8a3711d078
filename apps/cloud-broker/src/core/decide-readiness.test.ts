import { expect, it } from "vitest";

import { decideReadiness, type NodeReport } from "./decide-readiness.ts";

const node = (serial: string, isPrepared: boolean, isFilled: boolean): NodeReport => ({
  serial,
  isPrepared,
  isFilled,
});
const READY = node("NODE-1", true, true);
const EMPTY = node("NODE-2", true, false);
const NEW = node("NODE-3", false, false);
const NEWER = node("NODE-4", false, true);

it.each([
  ["ImportToAzure", [READY, EMPTY], undefined, undefined],
  ["ImportToAzure", [READY, NEW, NEWER], "unprepared", "NODE-3, NODE-4"],
  ["ExportFromAzure", [READY], undefined, undefined],
  ["ExportFromAzure", [READY, EMPTY], "unfilled", "NODE-2"],
  ["ExportFromAzure", [EMPTY, NEW], "unprepared", "NODE-3"],
] as const)("%s with %j: %s %s", (transferType, nodes, reason, detail) => {
  const decision = decideReadiness(transferType, nodes);
  expect(decision.ok ? {} : decision.failure).toEqual(
    reason === undefined
      ? {}
      : { code: "OrderStageForbids", reason, target: "properties.status", detail },
  );
});
