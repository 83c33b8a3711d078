// Prints the tests that fail if a claim of the documentation is wrong: `npm run evidence` as a page
// for a release, `npm run evidence -- "a stolen"` the claims with these words. A comment before the
// title of a test says `Evidence: NAME.`; a document marks the name of the claim as _NAME_.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { root } from "./set-up/paths.mjs";

/** The documents whose claims are shown by tests. */
const DOCUMENTS = [
  "SECURITY.md",
  "docs/appliance/agent.md",
  "docs/customer/backup-keys.md",
  "docs/customer/revocation.md",
  "docs/customer/rotation.md",
  "docs/design/threat-model.md",
  "docs/reference/activity.md",
];
const COMMENT = /^ *\/\/ Evidence: (.+)\.$/gm;

/** The names of the claims in the documents. */
export function claims() {
  const names = DOCUMENTS.flatMap((document) =>
    [...read(document).matchAll(/(?<!\w)_([A-Z][^_]+)_(?!\w)/g)].map(([, name]) =>
      name.replaceAll(/\s+/g, " "),
    ),
  );
  return new Set(names);
}

/** Every comment in a test: the claim, the file, and the title of the test. */
export function shownClaims() {
  const listed = execFileSync("git", ["ls-files", "*.test.ts"], { cwd: root, encoding: "utf8" });
  return listed
    .trimEnd()
    .split("\n")
    .flatMap((path) => {
      const text = read(path);
      return [...text.matchAll(COMMENT)].map(({ 0: all, 1: name, index }) => ({
        name,
        path,
        title: /"((?:[^"\\]|\\.)*)"/.exec(
          text.slice(index + all.length).replaceAll(COMMENT, ""),
        )?.[1],
      }));
    });
}

function read(path) {
  return readFileSync(join(root, path), "utf8");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [wanted = ""] = process.argv.slice(2);
  const shown = shownClaims();
  console.log("# Evidence");
  for (const name of claims()) {
    if (!name.toLowerCase().includes(wanted)) continue;
    const tests = shown.filter((one) => one.name === name);
    console.log(`\n## ${name}\n`);
    for (const { path, title } of tests) console.log(`- \`${path}\`: "${title}"`);
  }
}
