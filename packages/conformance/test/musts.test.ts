import { globSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { MUSTS } from "./musts.ts";

const PACKAGE = new URL("../", import.meta.url);
const read = (path: string | URL) => readFileSync(new URL(path, PACKAGE), "utf8");
const inOneLine = (text: string) => text.replaceAll(/\s+/gu, " ");

/** Words by which the page demands something. */
const DEMANDS =
  /\b(?:must|only|exactly|rejected|refuses|accepts|neither|never|ever|at most|ignores|compares|checks|closes|destroys|permanent|same (?:bytes|proposal|challenge)|once|no longer|no device)\b/iu;
/** They describe the page, a claim or a person, and demand nothing of a message. */
const NO_DEMANDS = [
  "So every message and every answer may have one more member",
  "A member that must be understood",
  "A claim of the node, without attestation",
  "checks any agent or broker",
  "the earliest time to send the same bytes again",
  "who must act, and how",
];

const page = read("../../docs/reference/device-api.md");

test("each demand of the device API's page is a case, or is listed as not checked", () => {
  const quotes = Object.keys(MUSTS);
  const sentences = page
    .replaceAll(/^#.*$/gmu, "\n")
    .split(/\n\s*\n|\n- |\n\|/u)
    .flatMap((block) => inOneLine(block).split(/(?<=[.;])\s+(?=[A-Z`])/u));
  const unlisted = sentences.filter(
    (sentence) =>
      DEMANDS.test(sentence) && ![...quotes, ...NO_DEMANDS].some((part) => sentence.includes(part)),
  );
  expect(unlisted).toEqual([]);
});

test("each demand is in the page, and each case in the kit", () => {
  const words = inOneLine(page);
  const sources = globSync("src/**/*.ts", { cwd: PACKAGE }).map(read).join("\n");
  for (const [quote, cases] of Object.entries(MUSTS)) {
    expect(words).toContain(quote);
    if ("notChecked" in cases) continue;
    for (const name of cases) expect(sources).toContain(name);
  }
});

test("the README lists the demands that no case checks", () => {
  const [, section = ""] = read("README.md").split("\n## Not checked\n");
  const listed = [
    ...inOneLine(section.split("\n## ")[0] ?? "").matchAll(/- “(.+?)”: (.+?)\.(?= - |$| *$)/gu),
  ];
  const expected = Object.entries(MUSTS).flatMap(([quote, cases]) =>
    "notChecked" in cases ? [[quote, cases.notChecked]] : [],
  );
  expect(listed.map(([, quote, why]) => [quote, why])).toEqual(expected);
});
