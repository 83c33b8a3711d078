import { readFileSync } from "node:fs";

import * as z from "zod";

const README = readFileSync(
  new URL("../../apps/azure-emulator/README.md", import.meta.url),
  "utf8",
);
/** The CA's file as the README names it. */
export const README_CA = ".local/tls/ca.pem";

const seed = z.looseObject({
  applications: z.record(z.string(), z.looseObject({ secret: z.string(), objectId: z.string() })),
});
/** Debian's clients are older than 2026-02-01, so their retired versions are kept. */
const SETTINGS = { unverified: { "retired-control-plane-versions": "accept" } };

/** The README's seed. */
export function readSeed(): z.output<typeof seed> & { readonly settings: object } {
  const [text = ""] = blocksOf("json");
  return { ...seed.parse(JSON.parse(text)), settings: SETTINGS };
}

/** The README's blocks of one language, for the port of a running double. */
export function examplesOf(language: string, port: string): readonly string[] {
  return blocksOf(language).map((block) => block.replaceAll("8443", port));
}

function blocksOf(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gsu"))].map(
    ([, text = ""]) => text,
  );
}
