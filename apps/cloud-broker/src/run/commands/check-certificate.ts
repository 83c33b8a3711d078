import { writeFileSync } from "node:fs";

import { canonicalJson, type PublicJwk } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import {
  type ErasureCertificate,
  erasureCertificate,
  type ErasureStatement,
} from "@databox-cmk/protocol";

import { readFileWithin } from "../../config/read-file-within.ts";
import { isPdf, readCertificatePdf, renderCertificatePdf } from "../../orders/certificate-pdf.ts";
import { faultOfNodes, renderStatement } from "../../orders/render-statement.ts";
import { CERTIFICATE_MAX_BYTES, verifyCertificate } from "../../orders/verify-certificate.ts";
import { EXIT_FORGED, EXIT_OTHER_PAGES } from "./exit-codes.ts";
import { parseKeySet } from "./parse-key-set.ts";

const OTHER_PAGES =
  "WARNING: another version of the broker made the pages of the PDF, or they were changed: trust " +
  "only the output of this command";
/** A PDF with the longest certificate, which is compressed there. */
const FILE_MAX_BYTES = 2 * CERTIFICATE_MAX_BYTES;

/** Each takes one line, without its line break. */
export type Output = {
  readonly out: (line: string) => void;
  readonly warn: (line: string) => void;
};

export async function showCertificate(
  file: string,
  options: { readonly keys: string; readonly json?: true },
  { out, warn }: Output,
): Promise<void> {
  const verified = await verify(file, options.keys, out);
  if (verified === undefined) return;
  const { statement, pages } = verified;
  if (options.json === true) out(JSON.stringify(statement));
  else for (const line of renderStatement(statement)) out(line);
  if (pages === "different") {
    warn(OTHER_PAGES);
    process.exitCode = EXIT_OTHER_PAGES;
  } else if (pages === "same" && options.json !== true) out("the pages of the PDF say the same");
}

export async function writeCertificatePdf(
  file: string,
  options: { readonly keys: string; readonly out: string },
  { out }: Output,
): Promise<void> {
  const verified = await verify(file, options.keys, out);
  if (verified === undefined) return;
  const pdf = await renderCertificatePdf(verified);
  try {
    writeFileSync(options.out, pdf, { flag: "wx" });
  } catch (cause) {
    throw new AppError("Misuse", { detail: `${options.out} cannot be written`, cause });
  }
}

type Verified = ErasureCertificate & {
  /** Whether the pages of a PDF are those that this version makes of its certificate. */
  readonly pages?: "same" | "different";
};

/** @returns undefined if it is not valid, which is said, and is the exit code */
async function verify(
  file: string,
  keysFile: string,
  out: Output["out"],
): Promise<Verified | undefined> {
  const verified = await check(file, keysFile);
  if (!("fault" in verified)) return verified;
  out(`${file}: NOT VALID: ${verified.fault}`);
  process.exitCode = EXIT_FORGED;
  return undefined;
}

async function check(
  file: string,
  keysFile: string,
): Promise<Verified | { readonly fault: string }> {
  const keys = await readKeys(keysFile);
  const bytes = await readFileWithin(file, FILE_MAX_BYTES);
  const isDocument = isPdf(bytes);
  const { certificate, statement: shown } = isDocument
    ? { certificate: readCertificatePdf(bytes) }
    : readText(bytes.toString().trim(), file);
  if (certificate === undefined) return { fault: "no certificate is attached to this PDF" };
  const statement = verifyCertificate(certificate, keys);
  const fault =
    statement === undefined
      ? `none of the keys in ${keysFile} signed it as a certificate`
      : (faultOfNodes(statement) ?? faultOfShown(statement, shown));
  if (statement === undefined || fault !== undefined) return { fault: fault ?? "" };
  const verified = { certificate, statement };
  if (!isDocument) return verified;
  const isUnchanged = bytes.equals(await renderCertificatePdf(verified));
  return { ...verified, pages: isUnchanged ? "same" : "different" };
}

/** The certificate alone, or the answer of the API, which shows its statement beside it. */
function readText(
  text: string,
  file: string,
): { readonly certificate: string; readonly statement?: ErasureStatement } {
  if (!text.startsWith("{")) return { certificate: text };
  try {
    return erasureCertificate.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("Misuse", {
      detail: `${file} is neither a certificate of erasure nor the answer of erasureCertificate`,
      cause,
    });
  }
}

function faultOfShown(signed: ErasureStatement, shown: ErasureStatement | undefined) {
  return shown === undefined || canonicalJson(shown) === canonicalJson(signed)
    ? undefined
    : "its member statement differs from the signed one";
}

async function readKeys(path: string): Promise<readonly PublicJwk[]> {
  return parseKeySet((await readFileWithin(path, FILE_MAX_BYTES)).toString(), path);
}
