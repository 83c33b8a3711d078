import type { ApprovalView, OrderSummary } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { byExpiry, listOperatorTodos, listTodos } from "./todos.ts";

const order = (name: string, keyHealth: Partial<OrderSummary["keyHealth"]> = {}): OrderSummary => ({
  id: `/jobs/${name}`,
  name,
  resourceGroup: "group",
  location: "westus",
  sku: "DataBox",
  transferType: "ImportToAzure",
  stage: "Delivered",
  stageStatus: "Succeeded",
  createdAt: "2026-01-01T00:00:00Z",
  encryption: { kekType: "CustomerManaged" },
  keyHealth: { state: "AtRisk", ...keyHealth },
  nodes: [],
  unlock: { state: "Ready", nextStep: { who: "nobody", text: "" } },
});
const blocked = (name: string, code: string): OrderSummary => ({
  ...order(name),
  unlock: { state: "Blocked", code, nextStep: { who: "broker-operator", text: "" } },
});
const approval: ApprovalView = {
  id: "a1",
  orderId: "/jobs/juno",
  orderName: "juno",
  resourceGroup: "group",
  serial: "DBX-1",
  way: "network",
  purpose: "unlock",
  place: { address: "192.0.2.1" },
  agent: "agent",
  kid: "https://vault/keys/k/1",
  stage: "Delivered",
  state: "waiting",
  required: 1,
  requestedAt: "2026-01-01T00:00:00Z",
  lastAskedAt: "2026-01-01T00:00:00Z",
  expiresAt: "2026-01-02T00:00:00Z",
  decisions: [],
  mayReject: true,
  mayDecide: true,
};

test("an appliance that waits comes first, then blocked orders, and keys that expire", () => {
  const todos = listTodos({
    approvals: [approval, { ...approval, id: "a2", way: "change", serial: "leaseTtlSeconds" }],
    blocked: [blocked("hydra", "UnlockRevoked")],
    atRisk: [
      order("lyra"),
      order("ceres", { riskAt: "2026-02-01T00:00:00Z" }),
      blocked("hydra", "UnlockRevoked"),
    ],
  });
  expect(todos).toEqual([
    {
      kind: "approval",
      orderId: "/jobs/juno",
      orderName: "juno",
      requestId: "a1",
      serial: "DBX-1",
      until: "2026-01-02T00:00:00Z",
    },
    expect.objectContaining({ kind: "approval", requestId: "a2", serial: undefined }),
    {
      kind: "blocked",
      orderId: "/jobs/hydra",
      orderName: "hydra",
      code: "UnlockRevoked",
      who: "broker-operator",
    },
    {
      kind: "at-risk",
      orderId: "/jobs/ceres",
      orderName: "ceres",
      until: "2026-02-01T00:00:00Z",
    },
    { kind: "at-risk", orderId: "/jobs/lyra", orderName: "lyra", until: undefined },
  ]);
});

test("operators have what they repair themselves, and the orders that they move on", () => {
  const ofCustomer: OrderSummary = {
    ...order("mira"),
    unlock: { state: "Blocked", code: "KeyGone", nextStep: { who: "order-owner", text: "" } },
  };
  const locked = { serial: "DBX-1", lock: "locked" } as const;
  const todos = listOperatorTodos({
    approvals: [],
    blocked: [ofCustomer, blocked("hydra", "UnlockRevoked")],
    moving: [
      { ...order("vega"), stage: "DeviceOrdered" },
      { ...order("lyra"), stage: "DevicePrepared", nodes: [{ ...locked, lock: "notPrepared" }] },
      { ...order("nova"), stage: "DevicePrepared", nodes: [locked] },
      { ...ofCustomer, stage: "DataCopy" },
      order("atlas"),
    ],
  });
  expect(todos.map((todo) => [todo.orderName, "act" in todo ? todo.act : todo.kind])).toEqual([
    ["hydra", "blocked"],
    ["vega", "prepare"],
    ["lyra", "prepareNodes"],
    ["nova", "dispatch"],
  ]);
});

test("an unusable key of an older service is a task, of its security administrator", () => {
  const unusable = order("lyra", { state: "Unusable", code: "KeyGone" });
  expect(listTodos({ approvals: [], blocked: [unusable], atRisk: [] })).toMatchObject([
    { kind: "blocked", code: "KeyGone", who: "security-administrator" },
  ]);
});

test("keys are sorted by their date, and those without one come last", () => {
  const sorted = byExpiry([
    order("none"),
    order("late", { riskAt: "2026-03-01T00:00:00Z" }),
    order("soon", { riskAt: "2026-02-01T00:00:00Z" }),
  ]);
  expect(sorted.map(({ name }) => name)).toEqual(["soon", "late", "none"]);
});
