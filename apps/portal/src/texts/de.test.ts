import { expect, test } from "vitest";

import { de } from "./de.ts";
import { en } from "./en.ts";

const membersOf = (texts: object, path = ""): readonly string[] =>
  Object.entries(texts).flatMap(([name, text]: [string, unknown]) =>
    typeof text === "object" && text !== null
      ? membersOf(text, `${path}${name}.`)
      : [`${path}${name}`],
  );

test("no German text is left whose English is gone", () => {
  expect(membersOf(de).toSorted()).toEqual(membersOf(en).toSorted());
});
