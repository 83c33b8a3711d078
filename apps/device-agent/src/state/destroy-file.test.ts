import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { folderFor } from "@databox-cmk/testkit";
import { beforeEach, expect, test } from "vitest";

import { destroy, finishDestroying, replaceSecret } from "./destroy-file.ts";

const folder = folderFor(beforeEach);
let path: string;

beforeEach(() => {
  path = join(folder.path, "key.json");
});
/** The bytes of a file after its name is gone, as its blocks on the disk have them. */
function keepOpen(name: string) {
  const file = openSync(name, "r");
  return {
    read: () => readFileSync(file, "latin1"),
    [Symbol.dispose]: () => closeSync(file),
  };
}
const isZero = (text: string) => /^\0+$/.test(text);

test("the former content of a replaced key is overwritten, and nothing else remains", () => {
  replaceSecret(path, { key: "first" });
  using former = keepOpen(path);
  replaceSecret(path, { key: "second" });
  expect(readFileSync(path, "utf8")).toBe('{"key":"second"}\n');
  expect(isZero(former.read())).toBe(true);
  expect(readdirSync(folder.path)).toEqual(["key.json"]);
});

test("a replacement that was killed before its rename leaves the key as it was", () => {
  writeFileSync(path, "first");
  linkSync(path, `${path}.old`);
  writeFileSync(`${path}.new`, "sec");
  using half = keepOpen(`${path}.new`);
  finishDestroying(path);
  expect(readFileSync(path, "utf8")).toBe("first");
  expect(isZero(half.read())).toBe(true);
  expect(readdirSync(folder.path)).toEqual(["key.json"]);
});

test("a replacement that was killed after its rename is finished", () => {
  writeFileSync(`${path}.old`, "first");
  writeFileSync(path, "second");
  using former = keepOpen(`${path}.old`);
  finishDestroying(path);
  expect(readFileSync(path, "utf8")).toBe("second");
  expect(isZero(former.read())).toBe(true);
  expect(readdirSync(folder.path)).toEqual(["key.json"]);
});

test.each(["link", "file"])("a key beside a former one (%s) is destroyed with it", (kind) => {
  writeFileSync(path, "key");
  if (kind === "link") linkSync(path, `${path}.old`);
  else writeFileSync(`${path}.old`, "former");
  using key = keepOpen(path);
  using former = keepOpen(`${path}.old`);
  destroy(path);
  expect([key, former].map(({ read }) => isZero(read()))).toEqual([true, true]);
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(folder.path)).toEqual([]);
});
