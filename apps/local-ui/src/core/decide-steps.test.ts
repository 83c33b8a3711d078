import type { LocalOperation } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { decideSteps } from "./decide-steps.ts";

const operation = (
  outcome: LocalOperation["outcome"],
  names: readonly string[],
  what: LocalOperation["what"] = "unlock",
): LocalOperation => ({
  id: "7b0ee5a6-93ef-4c94-9f0c-54a1b3f0a2b1",
  what,
  startedAt: "2026-01-01T00:00:00.000Z",
  steps: names.map((name, index) => ({ name, atMs: index })),
  outcome,
});
const shown = (...parameters: Parameters<typeof operation>) =>
  decideSteps(operation(...parameters)).map(({ name, state }) => `${name} ${state}`);

test("the first step that has not ended is running, the rest is to come", () => {
  expect(shown("running", ["asked", "challenge"])).toEqual([
    "asked done",
    "challenge done",
    "answer running",
    "unlockKey waiting",
    "accepted waiting",
    "receipt waiting",
  ]);
});

test("a failure is at the step that did not end", () => {
  expect(shown("failed", ["asked"]).slice(0, 3)).toEqual([
    "asked done",
    "challenge failed",
    "answer waiting",
  ]);
});

test("a finished operation shows its steps, also while the broker's receipt is undelivered", () => {
  expect(shown("done", ["accepted"])).toEqual(["accepted done"]);
});

test("approvers are waited for between the broker's answer and the key", () => {
  expect(shown("waiting", ["asked", "challenge", "answer"])).toEqual([
    "asked done",
    "challenge done",
    "answer done",
    "approval running",
    "unlockKey waiting",
    "accepted waiting",
    "receipt waiting",
  ]);
});

test("a step of a newer agent is shown by its own name", () => {
  expect(shown("running", ["locked", "polished"], "lock")).toEqual([
    "locked done",
    "polished done",
  ]);
});

test("an operation without steps shows none", () => {
  expect(shown("running", [], "answer")).toEqual([]);
});
