import { basename } from "node:path";

import type { Evidence } from "./evidence.ts";
import { KEY_LIFE } from "./key-life.ts";
import { KNOWN_MISTAKES } from "./known-mistakes.ts";
import { THREATS } from "./threats.ts";

/** The whole text of docs/design/evidence.md. */
export function renderEvidence(): string {
  return [
    "# Evidence",
    '<!-- Generated from deploy/evidence by "npm run docs"; do not edit. -->',
    `This page names the tests that fail if a claim of the documentation is wrong. The pages that make
the claims link to the sections below. A test checks that every test named here exists
(\`deploy/test/named-tests.test.ts\`).`,
    "## Threats",
    "The [threat model](threat-model.md#threats) describes each threat and the defence against it.",
    ...THREATS.map(renderOne),
    "## Known mistakes of other systems",
    "The [threat model](threat-model.md#known-mistakes-of-other-systems) lists their sources.",
    ...KNOWN_MISTAKES.map(renderOne),
    "## The life of a key",
    "[The life of a key](../customer/key-life.md) makes these promises.",
    ...KEY_LIFE.map(renderOne),
  ]
    .join("\n\n")
    .concat("\n");
}

function renderOne({ name, shownBy }: Evidence): string {
  const files = Object.entries(shownBy).map(([path, titles]) => {
    const link = `[${basename(path, ".test.ts")}](../../${path})`;
    return `- ${link}:\n${titles.map((title) => `  "${title}"`).join(",\n")}`;
  });
  return `### ${name}\n\n${files.join("\n")}`;
}
