import { renderMarkdown } from "./render-markdown.ts";
import { renderVectors } from "./render-vectors.ts";

const REPOSITORY = new URL("../../../", import.meta.url);

/** The files that are generated from the table, and their places in the repository. */
export function generatedFiles(): readonly { readonly url: URL; readonly text: string }[] {
  return [
    { url: new URL("docs/reference/errors.md", REPOSITORY), text: renderMarkdown() },
    { url: new URL("vectors/errors.json", REPOSITORY), text: renderVectors() },
  ];
}
