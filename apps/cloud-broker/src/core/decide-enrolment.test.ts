import { expect, test } from "vitest";

import { decideEnrolment, type EnrolmentFacts } from "./decide-enrolment.ts";

const NOW_MS = 1_000;
const NODE: EnrolmentFacts = {
  wasPrepared: false,
  codeExpiresAtMs: NOW_MS + 1,
  enrolledKid: undefined,
  stage: "DevicePrepared",
  transferType: "ImportToAzure",
};
const CASES: Readonly<Record<string, readonly [Partial<EnrolmentFacts>, object]>> = {
  "a fresh node enrols": [{}, { ok: true, value: { isRepeated: false } }],
  "an enrolled key may ask again, at any stage and after its code": [
    { enrolledKid: "kid", codeExpiresAtMs: 0, stage: "Delivered" },
    { ok: true, value: { isRepeated: true } },
  ],
  "another key never replaces an enrolled one": [
    { enrolledKid: "another" },
    { ok: false, failure: { code: "EnrolmentConflict" } },
  ],
  "a code ends with its last millisecond": [
    { codeExpiresAtMs: NOW_MS },
    { ok: false, failure: { code: "EnrolmentCodeInvalid" } },
  ],
  "a device that replaces another one enrols at the customer's site": [
    { stage: "Delivered", wasPrepared: true },
    { ok: true, value: { isRepeated: false } },
  ],
  "a node that was never prepared enrols only while it is prepared": [
    { stage: "Dispatched" },
    { ok: false, failure: { code: "PurposeForbidden" } },
  ],
  "nothing enrols while the appliance is on its way back": [
    { stage: "PickedUp", wasPrepared: true },
    { ok: false, failure: { code: "PurposeForbidden" } },
  ],
};

test.each(Object.entries(CASES))("%s", (_name, [node, expected]) => {
  expect(decideEnrolment({ ...NODE, ...node }, "kid", NOW_MS)).toMatchObject(expected);
});
