import type { OperatorOrder, StageName, StageStatus } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { decideNextAct } from "./next-act.ts";

type Facts = {
  readonly status: StageName;
  readonly now?: StageStatus;
  readonly export?: boolean;
  readonly unpreparedNodes?: readonly string[];
  readonly unerasedNodes?: readonly string[];
};

function orderOf({ status, now = "InProgress", unpreparedNodes, unerasedNodes, ...facts }: Facts) {
  return {
    properties: {
      status,
      transferType: facts.export === true ? "ExportFromAzure" : "ImportToAzure",
      details: { jobStages: [{ stageName: status, stageStatus: now }] },
    },
    nodes: ["A", "B"].map((serial) => ({ serial })),
    ...(unpreparedNodes === undefined ? {} : { unpreparedNodes }),
    ...(unerasedNodes === undefined ? {} : { unerasedNodes }),
  } as unknown as OperatorOrder;
}

test.each<[string, Facts, string, readonly string[]]>([
  ["is prepared", { status: "DeviceOrdered" }, "prepare", ["A", "B"]],
  [
    "waits for a node's preparation",
    { status: "DevicePrepared", unpreparedNodes: ["B"] },
    "prepareNodes",
    ["B"],
  ],
  ["is dispatched", { status: "DevicePrepared" }, "dispatch", ["A", "B"]],
  ["waits for its copy", { status: "DevicePrepared", export: true }, "startCopy", ["A", "B"]],
  ["is filled", { status: "DataCopy", export: true }, "fill", ["A", "B"]],
  ["is at the customer's site", { status: "Delivered" }, "use", ["A", "B"]],
  ["is read", { status: "AtAzureDC" }, "ingest", ["A", "B"]],
  ["is back without data", { status: "AtAzureDC", export: true }, "complete", ["A", "B"]],
  [
    "has its customer's answer",
    { status: "DataCopy", now: "CustomerActionPerformed" },
    "startCopy",
    ["A", "B"],
  ],
  [
    "was given up",
    { status: "DataCopy", now: "CustomerActionPerformedForCleanUp" },
    "eraseKeys",
    ["A", "B"],
  ],
  ["has ended", { status: "Completed" }, "eraseKeys", ["A", "B"]],
  ["has lost its keys", { status: "Completed", unerasedNodes: ["B"] }, "eraseNodes", ["B"]],
  ["is erased", { status: "Completed", unerasedNodes: [] }, "nothing", []],
])("an order that %s", (_case, facts, name, serials) => {
  expect(decideNextAct(orderOf(facts))).toEqual({ name, serials });
});
