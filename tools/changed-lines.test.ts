import { expect, test } from "vitest";

import { changedLines } from "./changed-lines.mjs";

const DIFFERENCE = `diff --git a/a.ts b/a.ts
--- a/a.ts
+++ b/a.ts
@@ -3 +3 @@ function a() {
-old
+new
@@ -9,2 +9,0 @@
-gone
-gone
@@ -20,0 +19,3 @@
+++ a line of the file
+one
+more
`;

test.each([
  ["a line above", { line: 1, lines: 2 }, false],
  ["a paragraph that ends in the changed line", { line: 1, lines: 3 }, true],
  ["a paragraph that begins in it", { line: 3, lines: 2 }, true],
  ["lines that were only removed", { line: 8, lines: 3 }, false],
  ["the last of added lines", { line: 21, lines: 1 }, true],
  ["the line after them", { line: 22, lines: 1 }, false],
])("of a difference: %s", (_, place, expected) => {
  const changed = changedLines(DIFFERENCE);
  expect(changed("a.ts")(place)).toBe(expected);
  expect(changed("b.ts")(place)).toBe(false);
});
