import { describe, expect, test } from "vitest";

import { namePattern } from "./name-pattern.mjs";

// vitest compares the pattern with the name that it gives to a running test.
const currentName = () => expect.getState().currentTestName ?? "";

describe("the pattern for one test", () => {
  describe("in a suite (of suites)", () => {
    test.each([["a.b?", "c*{2}"]])("selects it: %s, $ [%s] ^|\\", (one, other) => {
      const name = `the pattern for one test > in a suite (of suites) > selects it: ${one}, $ [${other}] ^|\\`;
      expect(currentName()).toBe(name);
      expect(currentName()).toMatch(new RegExp(namePattern(name)));
    });
  });

  test("does not select another test whose name begins or ends alike", () => {
    const pattern = new RegExp(namePattern("unlocks"));
    expect("unlocks").toMatch(pattern);
    expect("unlocks twice").not.toMatch(pattern);
    expect("an agent > unlocks").not.toMatch(pattern);
    expect("unlockss").not.toMatch(pattern);
  });
});
