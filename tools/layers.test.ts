import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { findBreaches } from "./layers.mjs";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "layers-"));
  for (const group of ["apps", "packages"]) mkdirSync(join(root, group));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const LAYERS = { "apps/one": ["core", ["left", "right"], "top/below", "top"] };
const breaches = () => findBreaches(root, LAYERS);

test("imports that run down are fine", () => {
  write("apps/one/src/core/fact.ts", "export const fact = 1;");
  write("apps/one/src/left/use.ts", 'import { fact } from "../core/fact.ts";');
  write("apps/one/src/top/all.ts", 'import "./below/part.ts";\nimport "../left/use.ts";');
  write("apps/one/src/top/below/part.ts", 'export * from "../../right/use.ts";');
  write("apps/one/src/right/use.ts", "");
  write("apps/one/src/main.ts", 'import { fact } from "./core/fact.ts";\nimport "./top/all.ts";');
  expect(breaches()).toEqual([]);
});

test.each([
  ["a value", 'import { use } from "../left/use.ts";'],
  ["a type", 'import type { Use } from "../left/use.ts";'],
  ["a lazy import", 'const use = () => import("../left/use.ts");'],
  ["an export", 'export { use } from "../left/use.ts";'],
  ["names on several lines", 'import {\n  one,\n  two,\n} from "../left/use.ts";'],
  ["a side effect", 'import "../left/use.ts";'],
])("an import that runs up is one line with both files: %s", (_name, text) => {
  write("apps/one/src/core/fact.ts", text);
  write("apps/one/src/left/use.ts", "");
  expect(breaches()).toEqual([
    "apps/one/src/core/fact.ts imports apps/one/src/left/use.ts, which is not below it",
  ]);
});

test("folders of one layer may not import each other", () => {
  write("apps/one/src/left/use.ts", 'import "../right/use.ts";');
  write("apps/one/src/right/use.ts", "");
  expect(breaches()).toEqual([
    "apps/one/src/left/use.ts imports apps/one/src/right/use.ts, which is not below it",
  ]);
});

test("a folder without a layer is reported", () => {
  write("apps/one/src/elsewhere/use.ts", "");
  expect(breaches()).toEqual([
    "apps/one/src/elsewhere/use.ts is in a folder that the layers of apps/one do not name",
  ]);
});

test("files that import each other are reported, in packages too, also by type", () => {
  write("packages/two/src/one.ts", 'import type { Two } from "./two.ts";');
  write("packages/two/src/two.ts", 'export { three } from "./three.ts";');
  write("packages/two/src/three.ts", 'const one = await import("./one.ts");');
  expect(breaches()).toEqual([
    "these files import each other: packages/two/src/one.ts, packages/two/src/three.ts, packages/two/src/two.ts",
  ]);
});

test("files of e2e that import each other are reported, and no files that it has installed", () => {
  write("e2e/drills/one.ts", 'import type { Two } from "./two.ts";');
  write("e2e/drills/two.ts", 'import type { One } from "./one.ts";');
  write("e2e/node_modules/a/one.ts", 'import "./two.ts";');
  write("e2e/node_modules/a/two.ts", 'import "./one.ts";');
  expect(breaches()).toEqual([
    "these files import each other: e2e/drills/one.ts, e2e/drills/two.ts",
  ]);
});

test("tests may import anything", () => {
  write("apps/one/src/core/fact.test.ts", 'import "../left/use.ts";');
  write("apps/one/src/left/use.ts", "");
  expect(breaches()).toEqual([]);
});
