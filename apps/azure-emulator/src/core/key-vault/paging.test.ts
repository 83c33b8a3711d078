import { fc, test as property } from "@fast-check/vitest";
import { expect } from "vitest";

import { cutPage } from "./paging.ts";

property.prop([
  fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/u), { maxLength: 60 }),
  fc.integer({ min: 1, max: 25 }),
])("following the links visits each item once, in order", (names, size) => {
  const items = names.toSorted();
  const visited: string[] = [];
  let after: string | undefined;
  do {
    const page = cutPage(items, (name) => name, { size, after });
    visited.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  expect(visited).toEqual(items);
});
