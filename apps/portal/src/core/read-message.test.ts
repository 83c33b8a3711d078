import { expect, test } from "vitest";

import { readChallenge, readPending, upToEnd, withoutBreaks } from "./read-message.ts";

const encode = (value: object) =>
  btoa(String.fromCodePoint(...new TextEncoder().encode(JSON.stringify(value))));
const message = (type: string, payload: object) =>
  `${encode({ alg: "ES256", typ: type })}.${encode(payload)}.c2ln`;

const CLAIMS = {
  order: "/subscriptions/s/resourceGroups/g/providers/Microsoft.DataBox/jobs/j",
  serial: "DBX-1",
  purpose: "unlock",
  agent: "databox-agent 1.0",
  opensForSeconds: 3600,
  reason: "für Projekt 7",
};

test("a challenge tells node, order and purpose, also when its lines were broken", () => {
  const text = message("databox-offline-challenge+jws", { ...CLAIMS, more: 1 });
  const broken = `${text.slice(0, 40)}\n ${text.slice(40)}\r\n`;
  expect(readChallenge(broken)).toEqual(CLAIMS);
  expect(withoutBreaks(broken)).toBe(text);
});

test.each([
  ["nothing", ""],
  ["another text", "hello"],
  ["a message of another kind", message("databox-denial+jws", CLAIMS)],
  ["a challenge without its node", message("databox-offline-challenge+jws", { order: "o" })],
  ["parts that are not JSON", "a.b.c"],
])("%s is no challenge", (_name, text) => {
  expect(readChallenge(text)).toBeUndefined();
});

test("a pending answer tells whose approval it waits for", () => {
  const approval = {
    id: "a-1",
    required: 2,
    given: 1,
    approvedBy: ["Ada"],
    expiresInSeconds: 60,
  };
  expect(readPending(message("databox-pending+jws", { approval }))).toEqual(approval);
  expect(readPending("x")).toBeUndefined();
});

test("rows that were added after the signed end of an activity are cut off", () => {
  const end = { chain: CLAIMS.order, length: 2, head: "h", at: "2026-01-01T00:00:00Z" };
  expect(upToEnd([1, 2, 3], message("databox-activity-head+jws", end))).toEqual([1, 2]);
  expect(upToEnd([1, 2, 3], undefined)).toEqual([1, 2, 3]);
});
