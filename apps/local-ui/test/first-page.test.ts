import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

const BUILT = new URL("../../device-agent/dist/ui/", import.meta.url);
const BUDGET_KIB = 300;

const textOf = (path: string) => readFileSync(new URL(path, BUILT), "utf8");
const html = textOf("index.html");
/** The files that a browser loads before it shows anything. */
const first = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(
  ([, path = ""]) => path,
);

test("everything that the first page needs is less than 300 kB compressed", () => {
  expect(first.length).toBeGreaterThan(1);
  const kibibytes = first
    .map((path) => gzipSync(textOf(path)).length / 1024)
    .reduce((sum, each) => sum + each, 0);
  expect(kibibytes).toBeLessThan(BUDGET_KIB);
  expect(kibibytes).toBeGreaterThan(BUDGET_KIB / 10);
});

test("the table of codes is not in it, and the QR reader and the German texts come when they are needed", () => {
  const text = first.map(textOf).join("\n");
  for (const part of ["SsemUserErrorEncryptionKeyDisabled", "Sperrzustand", "getUserMedia"])
    expect(text).not.toContain(part);
});

test("every element that needs the nonce has a place for it, and nothing is inline", () => {
  const elements = html.match(/<(?:script|link rel="(?:stylesheet|modulepreload)")[^>]*>/g) ?? [];
  expect(elements.length).toBe(first.length);
  for (const element of elements) expect(element).toContain('nonce="__CSP_NONCE__"');
  expect(html).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)/);
});

test("nothing is fetched from elsewhere: every address in the built files is a name, not a place", () => {
  const assets = readdirSync(new URL("assets/", BUILT)).map((name) => `assets/${name}`);
  const fetched = /(?:import|fetch|src=|href=|url)\(?\s*["'`]https?:\/\//;
  for (const path of ["index.html", ...assets]) expect(textOf(path)).not.toMatch(fetched);
  expect(existsSync(new URL("icon.svg", BUILT))).toBe(true);
});
