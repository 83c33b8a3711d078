// Makes the npm package of the test double, of the conformance kit, or of the customer's verifier:
// without dependencies, and with the licences of all that it contains.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { VERSION } from "@databox-cmk/protocol";

import { root } from "../bill-of-materials.mjs";
import { DOUBLE, KIT, VERIFIER } from "./lay-out-app.mjs";

const TYPES = "index.d.ts";
const THE_DOUBLE = {
  ...DOUBLE,
  files: {
    "README.md": "apps/local-stack/src/double/README.md",
    "REFERENCE.md": "apps/azure-emulator/README.md",
    fixtures: "apps/local-stack/src/double/fixtures",
    [TYPES]: "apps/local-stack/src/double/azure-double.d.ts",
  },
  manifest: {
    name: "@databox-cmk/azure-double",
    keywords: ["azure", "key-vault", "entra", "data-box", "emulator", "test"],
    bin: { "azure-double": "main.cjs" },
    type: "commonjs",
    exports: { ".": { types: `./${TYPES}`, default: "./index.cjs" } },
    types: TYPES,
    engines: { node: ">=22.15" },
  },
};
const THE_KIT = {
  ...KIT,
  files: { "README.md": "packages/conformance/README.md" },
  manifest: {
    name: "@databox-cmk/conformance",
    keywords: ["data-box", "conformance", "test"],
    bin: { [KIT.name]: "main.mjs" },
    type: "module",
    engines: { node: ">=24.7" },
  },
};
const THE_VERIFIER = {
  ...VERIFIER,
  files: { "README.md": "apps/cloud-broker/src/run/verifier/README.md" },
  manifest: {
    name: "@databox-cmk/verify",
    bin: { [VERIFIER.name]: "databox-verify.mjs" },
    type: "module",
    engines: { node: ">=20" },
  },
};
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
const product = values.kit ? THE_KIT : values.verifier ? THE_VERIFIER : THE_DOUBLE;
mkdirSync(values.out, { recursive: true });
const work = mkdtempSync(join(tmpdir(), `${product.name}-`));
try {
  await product.layOut(work, []);
  for (const [to, from] of Object.entries({ LICENSE: "LICENSE", ...product.files }))
    cpSync(join(root, from), join(work, to), { recursive: true });
  for (const page of Object.keys(product.files).filter((name) => name.endsWith(".md"))) {
    const text = readFileSync(join(work, page), "utf8").replaceAll(REFERENCE, "](REFERENCE.md");
    writeFileSync(join(work, page), text.replaceAll(REPOSITORY_LINK, "$1"));
  }
  const whole = {
    ...product.manifest,
    version: VERSION,
    description: product.description,
    license: "MIT",
    // npm's provenance names the repository that made it, and must find it here.
    repository: values.source && { type: "git", url: `git+${values.source}.git` },
    homepage: values.source && `${values.source}#readme`,
    bugs: values.source && `${values.source}/issues`,
  };
  writeFileSync(join(work, "package.json"), JSON.stringify(whole, undefined, 2));
  // npm keeps what the umask of its caller left of the modes.
  execFileSync("chmod", ["-R", "u=rwX,go=rX", work]);
  execFileSync("npm", ["pack", work, "--pack-destination", values.out], { stdio: "inherit" });
} finally {
  rmSync(work, { recursive: true, force: true });
}
