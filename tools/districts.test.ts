import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { renderPage } from "./districts.mjs";

test("the architecture's tables of districts say what the folders' READMEs say", () => {
  const page = readFileSync(new URL("../docs/design/architecture.md", import.meta.url), "utf8");
  expect(page.match(/<!-- districts of /g)).toHaveLength(2);
  expect(renderPage(page)).toBe(page);
});
