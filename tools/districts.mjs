// Prints docs/design/architecture.md with its tables of districts: the folders of an app from the
// top of tools/layers.mjs down, each with the text of its README before "Start at".
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { LAYERS } from "./layers.mjs";
import { root } from "./set-up/paths.mjs";

const PAGE = join(root, "docs/design/architecture.md");
const TABLE = /(<!-- districts of (\S+): written by npm run docs -->)[^]*?(<!-- end -->)/g;

/** The page with tables that say what the READMEs say now. */
export function renderPage(page = readFileSync(PAGE, "utf8")) {
  return page.replaceAll(
    TABLE,
    (_all, begin, app, end) => `${begin}\n\n${renderTable(app)}\n\n${end}`,
  );
}

function renderTable(app) {
  const folders = LAYERS[app].flat().map((layer) => layer.split("/")[0]);
  const districts = [...new Set(folders.toReversed())].flatMap((folder) => {
    const readme = join(root, app, "src", folder, "README.md");
    return existsSync(readme)
      ? [`| \`${folder}/\` | ${purposeOf(readFileSync(readme, "utf8"))} |`]
      : [];
  });
  return ["| district | what it does |", "| --- | --- |", ...districts].join("\n");
}

function purposeOf(readme) {
  const [, paragraph] = readme.trim().split("\n\n");
  return paragraph.replaceAll("\n", " ").split(" Start at ")[0];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(renderPage());
