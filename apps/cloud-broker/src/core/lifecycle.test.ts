import { STAGE_NAMES, TRANSFER_TYPES } from "@databox-cmk/protocol";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import {
  decideCredentials,
  decideTransition,
  type Lifecycle,
  type LifecycleEvent,
  STAGE_PATHS,
} from "./lifecycle.ts";
import { isEncryptionEditable, stageRules } from "./stages.ts";

const event: fc.Arbitrary<LifecycleEvent> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      "prepare",
      "dispatch",
      "deliver",
      "pickUp",
      "receive",
      "startCopy",
      "cancel",
      "halt",
      "resume",
      "cleanUp",
      "erase",
    ),
  }),
  fc.record({
    kind: fc.constant("complete"),
    outcome: fc.constantFrom("Completed", "CompletedWithWarnings", "CompletedWithErrors"),
  }),
  fc.record({
    kind: fc.constant("fail"),
    outcome: fc.constantFrom(
      "Aborted",
      "Failed_IssueReportedAtCustomer",
      "Failed_IssueDetectedAtAzureDC",
    ),
  }),
);
const transferType = fc.constantFrom(...TRANSFER_TYPES);

const placed = (type: Lifecycle["transferType"]): Lifecycle => ({
  transferType: type,
  stage: "DeviceOrdered",
  stageStatus: "Succeeded",
  prepared: false,
  erased: false,
});

/** Every state of a trace, beginning with the placed order; refused events change nothing. */
function trace(type: Lifecycle["transferType"], events: readonly LifecycleEvent[]): Lifecycle[] {
  const states = [placed(type)];
  for (const next of events) {
    const before = states.at(-1) ?? placed(type);
    const outcome = decideTransition(before, next);
    states.push(outcome.ok ? outcome.value : before);
  }
  return states;
}

describe("any operations on an order, in any sequence", () => {
  test.prop([transferType, fc.array(event, { maxLength: 40 })])(
    "credentials are shown after preparation and before erasure only",
    (type, events) => {
      let prepared = false;
      let erased = false;
      for (const [index, state] of trace(type, events).entries()) {
        const asked = index === 0 ? undefined : events[index - 1];
        if (asked?.kind === "prepare" && state.stage === "DevicePrepared") prepared = true;
        if (asked?.kind === "erase" && stageRules(state.stage).terminal) erased = true;
        const shown = decideCredentials(state).ok;
        if (!prepared || erased) expect(shown).toBe(false);
      }
    },
  );

  test.prop([transferType, fc.array(event, { maxLength: 40 })])(
    "an ended order never continues, and an erased one stays erased",
    (type, events) => {
      const states = trace(type, events);
      for (const [index, state] of states.slice(1).entries()) {
        const before = states[index] ?? state;
        if (stageRules(before.stage).terminal) expect(state.stage).toBe(before.stage);
        if (before.erased) expect(state.erased).toBe(true);
      }
    },
  );

  test.prop([transferType, fc.array(event, { maxLength: 40 })])(
    "stages are passed in the order of the path, without a leap",
    (type, events) => {
      const path: readonly string[] = STAGE_PATHS[type];
      const states = trace(type, events);
      for (const [index, state] of states.slice(1).entries()) {
        const before = states[index] ?? state;
        if (stageRules(state.stage).terminal) continue;
        const step = path.indexOf(state.stage) - path.indexOf(before.stage);
        expect([0, 1]).toContain(step);
      }
    },
  );

  test.prop([transferType, fc.array(event, { maxLength: 40 })])(
    "a halted copy leaves only by its remedies or by failing",
    (type, events) => {
      const states = trace(type, events);
      for (const [index, state] of states.slice(1).entries()) {
        const before = states[index];
        const asked = events[index];
        if (before?.stageStatus !== "WaitingForCustomerActionForKek" || state === before) continue;
        expect(["resume", "cleanUp", "startCopy", "fail"]).toContain(asked?.kind);
      }
    },
  );
});

test.each(TRANSFER_TYPES)("an order of %s reaches Completed by its usual moves", (type) => {
  const moves: readonly LifecycleEvent[] =
    type === "ImportToAzure"
      ? ["prepare", "dispatch", "deliver", "pickUp", "receive", "startCopy"].map(kindOf)
      : ["prepare", "startCopy", "dispatch", "deliver", "pickUp", "receive"].map(kindOf);
  const states = trace(type, [...moves, { kind: "complete", outcome: "Completed" }]);
  expect(states.map((state) => state.stage)).toEqual(STAGE_PATHS[type]);
});

function kindOf(kind: string): LifecycleEvent {
  return { kind } as LifecycleEvent;
}

test("a repeated move changes nothing", () => {
  const states = trace("ImportToAzure", [
    { kind: "prepare" },
    { kind: "dispatch" },
    { kind: "dispatch" },
  ]);
  expect(states[3]).toBe(states[2]);
});

test.each([
  ["cancel after preparation", [{ kind: "prepare" }], { kind: "cancel" }, "cancel"],
  ["mitigate without a halt", [{ kind: "prepare" }], { kind: "resume" }, "mitigate"],
  ["dispatch before preparation", [], { kind: "dispatch" }, "transition"],
  [
    "erase on the way",
    [{ kind: "prepare" }, { kind: "dispatch" }],
    { kind: "erase" },
    "transition",
  ],
] as const)("%s is refused", (_name, before, asked, reason) => {
  const state = trace("ImportToAzure", before).at(-1) ?? placed("ImportToAzure");
  expect(decideTransition(state, asked)).toMatchObject({
    ok: false,
    failure: { code: "OrderStageForbids", reason },
  });
});

test("the key may change as long as it wraps something", () => {
  for (const stage of STAGE_NAMES) {
    const wrapsNothing = stage === "Cancelled";
    expect(isEncryptionEditable({ stage, erased: false })).toBe(!wrapsNothing);
    expect(isEncryptionEditable({ stage, erased: true })).toBe(false);
  }
});

test("every stage has rules, and no terminal one can be canceled, or sent elsewhere", () => {
  for (const stage of STAGE_NAMES) {
    const rules = stageRules(stage);
    if (!rules.terminal) continue;
    expect([rules.cancellable, rules.addressEditable]).toEqual([false, false]);
    expect(rules.deletable).toBe(true);
  }
});
