// Makes the npm package of the test double, of the conformance kit, or of the customer's verifier:
// without dependencies, and with the licences of all that it contains.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { VERSION } from "@databox-cmk/protocol";

import { root } from "../bill-of-materials.mjs";
import { layOutApp, PRODUCTS } from "./lay-out-app.mjs";

const REFERENCE = /\]\((?:\.\.\/)*azure-emulator\/README\.md/g;
/** A link to a file of the repository leads nowhere from the package: its text stays. */
const REPOSITORY_LINK = /\[([^\]]*)\]\((?!https?:|#|REFERENCE\.md)[^)]*\)/g;

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "artifacts" },
    kit: { type: "boolean", default: false },
    verifier: { type: "boolean", default: false },
    source: { type: "string" },
  },
});
const { double, kit, verifier } = PRODUCTS;
const product = values.kit ? kit : values.verifier ? verifier : double;
mkdirSync(values.out, { recursive: true });
using folder = mkdtempDisposableSync(join(tmpdir(), `${product.name}-`));
const work = folder.path;
await layOutApp(product, work, []);
for (const [to, from] of Object.entries({ LICENSE: "LICENSE", ...product.files }))
  cpSync(join(root, from), join(work, to), { recursive: true });
for (const page of Object.keys(product.files).filter((name) => name.endsWith(".md"))) {
  const text = readFileSync(join(work, page), "utf8").replaceAll(REFERENCE, "](REFERENCE.md");
  writeFileSync(join(work, page), text.replaceAll(REPOSITORY_LINK, "$1"));
}
const manifest = {
  ...product.manifest,
  version: VERSION,
  description: product.description,
  license: "MIT",
  // npm's provenance names the repository that made it, and must find it here.
  repository: values.source && { type: "git", url: `git+${values.source}.git` },
  homepage: values.source && `${values.source}#readme`,
  bugs: values.source && `${values.source}/issues`,
};
writeFileSync(join(work, "package.json"), JSON.stringify(manifest, undefined, 2));
// npm keeps what the umask of its caller left of the modes.
execFileSync("chmod", ["-R", "u=rwX,go=rX", work]);
execFileSync("npm", ["pack", work, "--pack-destination", values.out], { stdio: "inherit" });
