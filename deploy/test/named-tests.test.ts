import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { renderEvidence } from "../evidence/render-evidence.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const EVIDENCE = "docs/design/evidence.md";
const DOCUMENTS = [
  EVIDENCE,
  "docs/design/threat-model.md",
  "docs/customer/key-life.md",
  "SECURITY.md",
];
/** `[short name](path): "title", "another title"`, each title on a line of its own. */
const NAMED = /\[[^\]]+\]\(([^)]+\.test\.ts)\):\s+((?:"[^"]+"(?:,\s+)?)+)/g;

const read = (path: string): string => readFileSync(join(root, path), "utf8");

const named = DOCUMENTS.flatMap((document) =>
  [...read(document).matchAll(NAMED)].flatMap(([, link = "", titles = ""]) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({
      document,
      path: normalize(join(dirname(document), link)),
      title,
    })),
  ),
);

test("the page of evidence is generated from its tables (run: npm run docs)", () => {
  expect(read(EVIDENCE)).toBe(renderEvidence());
});

test("the documents name tests", () => {
  expect(named.length).toBeGreaterThan(200);
});

describe("every test that a document names", () => {
  test.each(named)("exists: $path $title", ({ path, title }) => {
    expect(existsSync(join(root, path))).toBe(true);
    expect(read(path)).toContain(`"${title}"`);
  });
});

test("every link to a test file in these documents names the tests", () => {
  for (const document of DOCUMENTS) {
    const text = read(document);
    expect([...text.matchAll(/\.test\.ts\)/g)]).toHaveLength([...text.matchAll(NAMED)].length);
  }
});

test("every section of evidence is linked from the page that makes its claim", () => {
  const pages = DOCUMENTS.slice(1).map(read).join("\n");
  const anchors = [...read(EVIDENCE).matchAll(/^### (.+)$/gm)].map(([, name = ""]) =>
    name
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  expect(new Set(anchors).size).toBe(anchors.length);
  expect(anchors.filter((anchor) => !pages.includes(`evidence.md#${anchor})`))).toEqual([]);
});
