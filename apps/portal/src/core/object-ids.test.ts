import { expect, test } from "vitest";

import { parseObjectIds } from "./object-ids.ts";

const A = "aaaaaaaa-1111-4111-8111-111111111111";
const B = "bbbbbbbb-2222-4222-8222-222222222222";

test.each([
  ["one id", A, [A]],
  ["ids on lines, with commas and semicolons", ` ${A.toUpperCase()},\n${B} ;\n`, [A, B]],
  ["an id twice", `${A} ${A}`, [A]],
  ["nothing", " ", []],
  ["a name", "Grace", []],
  ["an id and a name", `${A} Grace`, []],
  ["a part of an id", A.slice(0, 35), []],
])("%s", (_what, text, ids) => {
  expect(parseObjectIds(text)).toEqual(ids);
});
