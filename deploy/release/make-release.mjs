// Makes all files of a release in one folder, or makes them again and compares: so the provenance
// is not a matter of trust. The same commit, Debian packages and architecture give the same bytes;
// only the two signatures differ from one run to the next.
// `sha256sum`, `openssl` and `cosign` verify the signatures without this code.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { VERSION } from "@databox-cmk/protocol";

import { root } from "../bill-of-materials.mjs";
import { sha256OfFile } from "../broker/image-layout.mjs";
import { envelopeOf, PROVENANCE, signWith, statement } from "../broker/sign.mjs";
import { describeBuild } from "../describe-build.mjs";
import { sourceCommit, sourceRevision } from "../sources.ts";
import { architectureOf, PARTS } from "./parts.mjs";

const MISUSE = 2;
const DIFFERS = 3;
const SUMS = "SHA256SUMS";
const STATEMENT = "provenance.json";
/** A signature on P-256 has a random part. */
const [SUMS_SIGNATURE, ENVELOPE] = ["SHA256SUMS.sig", "provenance.dsse.json"];
const USAGE = `usage: npm run release -- --source URL [--key FILE] [--out FOLDER] [--add FOLDER] [--only PARTS] [--tag NAME]
       npm run release -- --verify FOLDER

  --source URL     where the sources are published
  --key FILE       the private key (PEM, P-256) that signs; without it, nothing shows who made it
  --out FOLDER     new or empty (default: artifacts/release)
  --add FOLDER     what another machine made of the same commit, for another architecture
  --only PARTS     some of ${Object.keys(PARTS).join()}
  --tag NAME       refuse to make another version than this tag names
  --verify FOLDER  make its parts again, and compare each file`;

const { values } = parseArgs({
  options: {
    source: { type: "string" },
    key: { type: "string" },
    out: { type: "string", default: join("artifacts", "release") },
    add: { type: "string" },
    only: { type: "string", default: Object.keys(PARTS).join() },
    verify: { type: "string" },
    tag: { type: "string" },
    help: { type: "boolean" },
  },
});
const chosen = values.only.split(",");
const isMisused =
  !chosen.every((name) => Object.hasOwn(PARTS, name)) ||
  (values.source ?? values.verify) === undefined;
if (values.help || isMisused) {
  console[values.help ? "log" : "error"](USAGE);
  process.exit(values.help ? 0 : MISUSE);
}
using workFolder = mkdtempDisposableSync(join(tmpdir(), "databox-release-"));
const work = workFolder.path;
try {
  if (values.verify !== undefined) process.exitCode = verify(resolve(values.verify));
  else {
    const folder = resolve(values.out);
    make(folder, { ...values, parts: chosen });
    if (values.key !== undefined) sign(folder, signWith(readFileSync(values.key)));
    console.log(read(folder, SUMS).trimEnd());
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** Everything but the signatures. */
function make(folder, { source, parts, add, tag = `v${VERSION}` }) {
  if (tag !== `v${VERSION}`) throw new Error(`${tag} is not this version, which is v${VERSION}`);
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  for (const name of parts) PARTS[name](folder, { source, work });
  if (add !== undefined)
    for (const name of readdirSync(add).filter(isForeign))
      copyFileSync(join(add, name), join(folder, name));
  writeFileSync(join(folder, "RELEASE-NOTES.md"), releaseNotes());
  const names = readdirSync(folder).toSorted();
  const subject = names.map((name) => ({ name, digest: { sha256: sumOf(folder, name) } }));
  const build = describeBuild({
    source,
    revision: sourceCommit() ?? "unknown revision",
    page: "docs/operate/release.md",
    script: "deploy/release/make-release.mjs",
    chosen: { parts },
    facts: { DATABOX_REVISION: sourceRevision() },
    parts: [],
  });
  writeFileSync(join(folder, STATEMENT), statement(subject, PROVENANCE, build));
  const sums = [...names, STATEMENT].map((name) => `${sumOf(folder, name)}  ${name}\n`);
  writeFileSync(join(folder, SUMS), sums.join(""));
}

function sign(folder, signature) {
  writeFileSync(join(folder, SUMS_SIGNATURE), signature(readFileSync(join(folder, SUMS))));
  writeFileSync(
    join(folder, ENVELOPE),
    envelopeOf(readFileSync(join(folder, STATEMENT)), signature),
  );
}

/** @returns the exit code */
function verify(folder) {
  execFileSync("sha256sum", ["--check", "--quiet", "--strict", SUMS], {
    cwd: folder,
    stdio: [0, 2, 2],
  });
  const { predicate } = JSON.parse(read(folder, STATEMENT));
  const { externalParameters, internalParameters } = predicate.buildDefinition;
  const { revision } = externalParameters;
  if (revision !== (sourceCommit() ?? "unknown revision"))
    throw new Error(`it was made of ${revision}: check that out, and run this again`);
  process.env["SOURCE_DATE_EPOCH"] = String(internalParameters.SOURCE_DATE_EPOCH);
  process.env["DATABOX_REVISION"] = internalParameters.DATABOX_REVISION;
  const again = join(work, "again");
  make(again, { ...externalParameters, add: folder });
  const [published, made] = [readSums(folder), readSums(again)];
  const names = new Set([...readdirSync(folder), ...made.keys()]);
  for (const name of [SUMS, SUMS_SIGNATURE, ENVELOPE]) names.delete(name);
  const rows = [...names].toSorted().map((name) => {
    if (!published.has(name) && !made.has(name)) return ["not listed", name];
    if (isForeign(name)) return ["not made here", name];
    return [published.get(name) === made.get(name) ? "same" : "DIFFERS", name];
  });
  for (const [result, name] of rows) console.log(`${result.padEnd(14)} ${name}`);
  return rows.some(([result]) => result === "DIFFERS") ? DIFFERS : 0;
}

/** The changelog's part of this version. */
function releaseNotes() {
  const sections = read(root, "CHANGELOG.md").split(/^(?=## )/m);
  const own = sections.find((section) => section.startsWith(`## ${VERSION}\n`));
  if (own === undefined) throw new Error(`CHANGELOG.md has no part "## ${VERSION}"`);
  return `${own.replace(/^##/, "# Data Box CMK").trimEnd()}\n`;
}

/** Whether only a machine of another architecture can make the file of this name. */
function isForeign(name) {
  const architecture = architectureOf(name);
  return architecture !== undefined && architecture !== process.arch;
}

function readSums(folder) {
  const rows = [...read(folder, SUMS).matchAll(/^(\S+) {2}(.*)$/gm)];
  return new Map(rows.map(([, sum, name]) => [name, sum]));
}

function sumOf(folder, name) {
  return sha256OfFile(join(folder, name));
}

function read(folder, name) {
  return readFileSync(join(folder, name), "utf8");
}
