import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const DOCUMENTS = ["docs/design/threat-model.md", "docs/customer/key-life.md", "SECURITY.md"];
/** `[short name](path): "title", "another title"` */
const NAMED = /\[[^\]]+\]\(([^)]+\.test\.ts)\): ((?:"[^"]+"(?:, )?)+)/g;

const named = DOCUMENTS.flatMap((document) =>
  [...readFileSync(join(root, document), "utf8").matchAll(NAMED)].flatMap(
    ([, link = "", titles = ""]) =>
      [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({
        document,
        path: normalize(join(dirname(document), link)),
        title,
      })),
  ),
);

test("the documents name tests, so that silence means something", () => {
  expect(named.length).toBeGreaterThan(60);
});

describe("every test that a document names", () => {
  test.each(named)("is there: $path $title", ({ path, title }) => {
    expect(existsSync(join(root, path))).toBe(true);
    expect(readFileSync(join(root, path), "utf8")).toContain(`"${title}"`);
  });
});

test("every link to a test file of theirs names what it shows", () => {
  for (const document of DOCUMENTS) {
    const text = readFileSync(join(root, document), "utf8");
    expect([...text.matchAll(/\.test\.ts\)/g)]).toHaveLength([...text.matchAll(NAMED)].length);
  }
});
