import { explain } from "../src/explain.ts";
import type { ErrorRow } from "../src/row.ts";
import { ERROR_CODES, type ErrorCode, ERRORS } from "../src/table.ts";
import { renderMarkdown } from "./render-markdown.ts";

const REPOSITORY = new URL("../../../", import.meta.url);

/** The files that are generated from the table, and their places in the repository. */
export function generatedFiles(): readonly { readonly url: URL; readonly text: string }[] {
  return [
    { url: new URL("docs/reference/errors.md", REPOSITORY), text: renderMarkdown() },
    { url: new URL("vectors/errors.json", REPOSITORY), text: renderVectors() },
  ];
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
