import { expect, test } from "vitest";

import type { StackDescription } from "../core/stack-description.ts";
import { chooseNode } from "./choose-node.ts";
import { emulatorParameters } from "./emulator-parameters.ts";

const nodes = (...serials: string[]) => ({
  order: "order",
  nodes: serials.map((serial) => ({ serial, stateDir: `/stack/${serial}` })),
});
const stack = (...appliances: StackDescription["appliances"]) =>
  ({ appliances }) as StackDescription;

test.each([
  ["the only node", [nodes("A")], undefined, { serial: "A" }],
  ["the named one of several", [nodes("A"), nodes("B", "C")], "C", { serial: "C" }],
])("the agent of %s is run", (_name, appliances, serial, expected) => {
  expect(chooseNode(stack(...appliances), serial)).toMatchObject(expected);
});

test.each([
  ["there is none", [], undefined, /npm start without --serve/],
  ["there are several", [nodes("A"), nodes("B", "C")], undefined, /--node: A, B, C$/],
  ["none has the name", [nodes("A", "B")], "C", /no node C: expected one of A, B$/],
])("a sentence says what to type if %s", (_name, appliances, serial, says) => {
  expect(chooseNode(stack(...appliances), serial)).toMatch(says);
});

const running = { emulatorControlUrl: "https://control.localhost:1", caFile: "/stack/ca.pem" };
const target = ["--control-url", running.emulatorControlUrl, "--ca", running.caFile];

test.each([
  [
    "a fault is set in the stack's emulator",
    ["fault", "list"],
    running,
    ["fault", "list", ...target],
  ],
  [
    "an own CA is kept",
    ["clock", "show", "--ca=/own"],
    running,
    ["clock", "show", "--ca=/own", ...target.slice(0, 2)],
  ],
  ["an emulator that is started gets no target", ["serve"], running, ["serve"]],
  ["without a stack nothing is added", ["fault", "list"], undefined, ["fault", "list"]],
])("%s", (_name, words, of, expected) => {
  expect(emulatorParameters(words, of)).toEqual(expected);
});
