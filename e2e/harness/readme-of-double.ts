import { readFileSync } from "node:fs";

import * as z from "zod";

/** Examples of the emulator that the double's README refers to, and its own. */
const README = ["azure-emulator/README.md", "local-stack/src/double/README.md"]
  .map((path) => readFileSync(new URL(`../../apps/${path}`, import.meta.url), "utf8"))
  .join("\n");
export const EXAMPLE_SEED: unknown = JSON.parse(
  readFileSync(
    new URL("../../apps/azure-emulator/src/cli/example-seed.json", import.meta.url),
    "utf8",
  ),
);
/** The CA's file as the README names it. */
export const README_CA = ".local/tls/ca.pem";

const seed = z.looseObject({
  applications: z.record(z.string(), z.looseObject({ secret: z.string(), objectId: z.string() })),
});
/** Debian's clients are older than 2026-02-01, so their retired versions are kept. */
const SETTINGS = { unverified: { "retired-control-plane-versions": "accept" } };

/** The seed `example`, for older clients. */
export function readSeed(): z.output<typeof seed> & { readonly settings: object } {
  return { ...seed.parse(EXAMPLE_SEED), settings: SETTINGS };
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
