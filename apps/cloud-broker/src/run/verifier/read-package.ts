import { readFileSync, statSync } from "node:fs";

import type { PublicJwk } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { EVIDENCE_FILES } from "@databox-cmk/protocol";

import { orMisuse, parseExport } from "../../audit/read-audit-files.ts";
import type { Exported } from "../../audit/verify-exports.ts";
import { CERTIFICATE_MAX_BYTES } from "../../orders/verify-certificate.ts";
import { parseKeySet } from "../commands/parse-key-set.ts";
import { readZip } from "./read-zip.ts";

/** The archive that an order's owner gives to an auditor; each part is still to be verified. */
export type EvidencePackage = {
  readonly path: string;
  readonly exported: Exported;
  readonly keys: readonly PublicJwk[];
  readonly head: string | undefined;
  readonly certificate: string | undefined;
};

/** Of a package, and of the activity in it, uncompressed. */
const ACTIVITY_MAX_BYTES = 512 * 1024 * 1024;
/** Those of the portal, and some that its owner added. */
const MAX_FILES = 100;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws {AppError} Misuse when the file is not such a package */
export function readPackage(path: string): EvidencePackage {
  const files = unzip(path);
  const { activity, head, keys, certificate } = EVIDENCE_FILES;
  const take = (name: string) => files.get(name)?.trim();
  const required = (name: string) => {
    const text = take(name);
    if (text === undefined) throw isNoPackage(path, `no ${name}`);
    return text;
  };
  const exported = orMisuse(`${path}: ${activity} cannot be read as an exported activity`, () =>
    parseExport(required(activity), path),
  );
  if (exported.rows.length === 0) throw isNoPackage(path, `${activity} has no rows`);
  return {
    path,
    exported,
    keys: parseKeySet(required(keys), `${path}: ${keys}`),
    head: take(head),
    certificate: take(certificate),
  };
}

/** @throws {AppError} Misuse when the file is not a set of keys */
export function readKeys(path: string): readonly PublicJwk[] {
  return orMisuse(`${path} cannot be read`, () => parseKeySet(readFileSync(path, "utf8"), path));
}

/** The texts of the known files; any other one is not unpacked. */
function unzip(path: string): ReadonlyMap<string, string> {
  const known = new Set<string>(Object.values(EVIDENCE_FILES));
  const seen = new Set<string>();
  const texts = new Map<string, string>();
  try {
    if (statSync(path).size > ACTIVITY_MAX_BYTES) throw isNoPackage(path, "it is too long");
    for (const { name, size, unpack } of readZip(readFileSync(path))) {
      // Of two files with one name, another program may show the other one.
      if (seen.has(name)) throw isNoPackage(path, "two of its files have the same name");
      if (seen.add(name).size > MAX_FILES) throw isNoPackage(path, "it has too many files");
      if (!known.has(name)) continue;
      const limit = name === EVIDENCE_FILES.activity ? ACTIVITY_MAX_BYTES : CERTIFICATE_MAX_BYTES;
      if (size > limit) throw isNoPackage(path, `${name} is too long`);
      texts.set(name, utf8.decode(unpack()));
    }
    return texts;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("Misuse", { detail: `${path} cannot be read as a ZIP archive`, cause });
  }
}

const isNoPackage = (path: string, what: string) =>
  new AppError("Misuse", { detail: `${path} is not a package of evidence: ${what}` });
