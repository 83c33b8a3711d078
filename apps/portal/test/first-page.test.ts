import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { SESSION_PATH } from "../src/api/session.ts";
import { SUBSCRIPTIONS_PATH } from "../src/api/subscriptions.ts";

const DIST = new URL("../dist/", import.meta.url);
const FIRST_PAGES = ["src/home/home-page.tsx", "src/orders/orders-page.tsx"];
const BUDGET_KIB = 350;
const MOST_FILES = 8;

type Chunk = { file: string; src?: string; css?: string[]; imports?: string[] };
const manifest: Record<string, Chunk> = JSON.parse(
  readFileSync(new URL(".vite/manifest.json", DIST), "utf8"),
);

/** The files that a browser loads for a chunk before it can run. */
function filesOf(name: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (chunk === undefined) throw new RangeError(`the build has no chunk ${name}`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const file of chunk.css ?? []) seen.add(file);
  for (const each of chunk.imports ?? []) filesOf(each, seen);
  return seen;
}

const firstPages = FIRST_PAGES.map((page) => ({
  page,
  files: [...new Set([...filesOf("index.html"), ...filesOf(page)])],
}));
const textOf = (file: string) => readFileSync(new URL(file, DIST), "utf8");

test.each(firstPages)("everything that $page needs is less than 350 kB compressed", ({ files }) => {
  const bytes = files
    .map((file) => gzipSync(textOf(file)).length)
    .reduce((sum, each) => sum + each, 0);
  expect(bytes / 1024).toBeLessThan(BUDGET_KIB);
  expect(bytes / 1024).toBeGreaterThan(BUDGET_KIB / 10);
});

test.each(firstPages)("$page needs few files: each costs a request", ({ files }) => {
  expect(files.length).toBeLessThanOrEqual(MOST_FILES);
});

test("index.html preloads the reads with which every page begins", () => {
  const preloaded = [...textOf("index.html").matchAll(/<link rel="preload" [^>]*href="([^"]+)"/g)];
  expect(preloaded.map(([, href]) => href)).toEqual([SESSION_PATH, SUBSCRIPTIONS_PATH]);
});

test("the table of codes and the German texts are loaded when they are needed", () => {
  const text = firstPages
    .flatMap(({ files }) => files)
    .map(textOf)
    .join("\n");
  expect(text).not.toContain("SsemUserErrorEncryptionKeyDisabled");
  expect(text).not.toContain("Data-Box-Aufträge");
  expect(text).not.toContain("Der Schlüssel ist deaktiviert");
});

test("index.html has a place for the nonce in every element that needs one, and nothing inline", () => {
  const html = textOf("index.html");
  const elements = html.match(/<(?:script|link rel="(?:stylesheet|modulepreload)")[^>]*>/g) ?? [];
  expect(elements.length).toBeGreaterThan(0);
  for (const element of elements) expect(element).toContain('nonce="__CSP_NONCE__"');
  expect(html).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)/);
});
