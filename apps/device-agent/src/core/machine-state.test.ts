import { parseWith } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { initialState, isUnlocked, machineState } from "./machine-state.ts";

const NOW = "2026-11-25T00:00:00.000Z";

test("a new machine is locked, and its state is what its own schema accepts", () => {
  const state = initialState(NOW);
  expect(parseWith(machineState, state)).toEqual({ ok: true, value: state });
  expect(isUnlocked(state, "boot-number-1")).toBe(false);
});

test("a volume is unlocked in the boot that unlocked it, and in no other", () => {
  const lock = { kind: "unlocked", since: NOW, bootId: "boot-number-1" } as const;
  const state = { ...initialState(NOW), lock };
  expect(isUnlocked(state, "boot-number-1")).toBe(true);
  expect(isUnlocked(state, "boot-number-2")).toBe(false);
});

test.each([
  { counter: -1 },
  { counter: 1.5 },
  { generation: 1_000_001 },
  { preparation: { step: "formatting" } },
  { lock: { kind: "unlocked", since: NOW } },
  { surprise: true },
])("state that is not of the agreed form is not read: %o", (change) => {
  expect(parseWith(machineState, { ...initialState(NOW), ...change }).ok).toBe(false);
});
