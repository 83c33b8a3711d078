import { readdirSync } from "node:fs";

import { explain } from "../src/explain.ts";
import type { ErrorRow } from "../src/row.ts";
import { ERROR_CODES, type ErrorCode, ERRORS, isErrorCode } from "../src/table.ts";
import { type Family, renderFamily, renderIndex } from "./render-markdown.ts";

const REPOSITORY = new URL("../../../", import.meta.url);
const TABLE = new URL("../src/table/", import.meta.url);

/** The files that are generated from the table, and their places in the repository. */
export async function generatedFiles(): Promise<
  readonly { readonly url: URL; readonly text: string }[]
> {
  const families = await loadFamilies();
  const pages = new URL("docs/reference/", REPOSITORY);
  return [
    { url: new URL("errors.md", pages), text: renderIndex(families) },
    ...families.map((family) => ({
      url: new URL(`errors/${family.name}.md`, pages),
      text: renderFamily(family),
    })),
    { url: new URL("vectors/errors.json", REPOSITORY), text: renderVectors() },
  ];
}

/** Each file of the table that exports rows. */
async function loadFamilies(): Promise<readonly Family[]> {
  const files = readdirSync(TABLE)
    .filter((file) => file.endsWith(".ts"))
    .toSorted();
  const families = await Promise.all(
    files.map(async (file) => {
      const exports: Readonly<Record<string, object>> = await import(new URL(file, TABLE).href);
      const rows = Object.entries(exports).find(([name]) => name.endsWith("_ERRORS"))?.[1] ?? {};
      return { name: file.replace(".ts", ""), codes: Object.keys(rows).filter(isErrorCode) };
    }),
  );
  return families.filter(({ codes }) => codes.length > 0);
}

/**
 * vectors/errors.json: the table for other languages, one entry for each code and for each of its
 * reasons.
 */
function renderVectors(): string {
  return `${JSON.stringify({ errors: ERROR_CODES.flatMap(vectorsOf) }, null, 2)}\n`;
}

function vectorsOf(code: ErrorCode): object[] {
  const { reasons }: ErrorRow = ERRORS[code];
  return [undefined, ...Object.keys(reasons ?? {})].map((reason) => {
    const explanation = explain(code, { reason });
    return {
      code,
      reason: reason ?? null,
      class: explanation.class,
      status: explanation.httpStatus,
      who: explanation.who,
      recoverable: explanation.recoverable,
    };
  });
}
