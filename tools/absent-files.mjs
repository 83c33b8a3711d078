// Finds the names of files in our prose that no file of the tree has: it was moved, renamed or
// deleted. Prose may name a file by the end of its path.

/** Sources and pages; data files of a running system have other endings. */
const NAMED =
  /(?<![\w@$*<{:/.-])(?:\.{1,2}\/)*((?:\w[\w@.-]*\/)*[\w.-]+\.(?:tsx?|mts|mjs|md|sh|bicep))(?![\w*-])|\b(docs\/design\/decisions\/\d{4})\b/g;
/** Files of others, and those that a command writes. */
const ELSEWHERE = new Set(["annotations.md", "image-layout.md", "SIGNATURE_SPEC.md", "report.md"]);

/** @returns every way to name one of the files: the ends of its path, and a decision's number */
export function endsOf(files) {
  const ends = new Set();
  for (const file of files) {
    const parts = file.split("/");
    for (const [index] of parts.entries()) ends.add(parts.slice(index).join("/"));
    ends.add(/^docs\/design\/decisions\/\d{4}/.exec(file)?.[0]);
  }
  return ends;
}

/** @param blocks - of prose, each with the number of its first line */
export function findAbsentFiles(blocks, ends) {
  return blocks.flatMap((block) =>
    block.lines.flatMap((text, index) =>
      [...text.matchAll(NAMED)]
        .map(([, file, decision]) => file ?? decision)
        .filter((file) => !ends.has(file) && !ELSEWHERE.has(file))
        .map((file) => ({ line: block.line + index, file })),
    ),
  );
}
