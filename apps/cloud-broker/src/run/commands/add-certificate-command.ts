import { writeFileSync } from "node:fs";

import { AppError } from "@databox-cmk/errors";
import type { ErasureStatement } from "@databox-cmk/protocol";
import type { Command } from "commander";
import * as z from "zod";

import { readFileWithin } from "../../config/read-file-within.ts";
import { isPdf, readCertificatePdf, renderCertificatePdf } from "../../orders/certificate-pdf.ts";
import {
  CERTIFICATE_MAX_BYTES,
  type NodeReport,
  readNodeReport,
  verifyCertificate,
} from "../../orders/verify-certificate.ts";

const EXIT_FORGED = 3;
/** A PDF with the longest certificate, which is compressed there. */
const FILE_MAX_BYTES = 2 * CERTIFICATE_MAX_BYTES;

const jwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
});
const keySet = z.object({ keys: z.array(jwk).min(1) });

/** @param write - takes one line without its end */
export function addCertificateCommand(program: Command, write: (line: string) => void): void {
  const certificates = program.command("certificate").description("certificates of erasure");
  certificates
    .command("verify")
    .description(
      `verify a certificate of erasure offline; exit code ${String(EXIT_FORGED)}: none of the keys signed it`,
    )
    .argument("<file>", "the certificate or its PDF, as the portal saves it")
    .requiredOption(
      "--keys <file>",
      "the broker's public keys (JWK Set), as GET /webhooks/v1/keys showed them",
    )
    .option("--json", "the statement as one JSON object")
    .action(async (file: string, options: { readonly keys: string; readonly json?: true }) => {
      const verified = await verify(file, options.keys);
      if ("fault" in verified) {
        write(`${file}: NOT VALID: ${verified.fault}`);
        process.exitCode = EXIT_FORGED;
        return;
      }
      const { statement, pages } = verified;
      if (options.json === true) write(JSON.stringify(statement));
      else for (const line of [...render(statement), ...pages]) write(line);
    });
  certificates
    .command("pdf")
    .description("write a verified certificate of erasure as a PDF")
    .argument("<file>", "the certificate, as the portal saves it")
    .requiredOption("--keys <file>", "the broker's public keys (JWK Set)")
    .requiredOption("--out <file>", "the new document; an existing file is not overwritten")
    .action(async (file: string, options: { readonly keys: string; readonly out: string }) => {
      const verified = await verify(file, options.keys);
      if ("fault" in verified) {
        write(`${file}: NOT VALID: ${verified.fault}`);
        process.exitCode = EXIT_FORGED;
        return;
      }
      try {
        writeFileSync(options.out, await renderCertificatePdf(verified.certificate), {
          flag: "wx",
        });
      } catch (cause) {
        throw new AppError("Misuse", { detail: `${options.out} cannot be written`, cause });
      }
    });
}

type Verified = {
  readonly certificate: string;
  readonly statement: ErasureStatement;
  /** Lines about the pages of a PDF. */
  readonly pages: readonly string[];
};

async function verify(
  file: string,
  keysFile: string,
): Promise<Verified | { readonly fault: string }> {
  const keys = await readKeys(keysFile);
  const bytes = await readFileWithin(file, FILE_MAX_BYTES);
  const isDocument = isPdf(bytes);
  const certificate = isDocument ? await readCertificatePdf(bytes) : bytes.toString().trim();
  if (certificate === undefined) return { fault: "no certificate is attached to this PDF" };
  const statement = verifyCertificate(certificate, keys);
  const fault =
    statement === undefined
      ? `none of the keys in ${keysFile} signed it as a certificate`
      : faultOfNodes(statement);
  if (statement === undefined || fault !== undefined) return { fault: fault ?? "" };
  if (!isDocument) return { certificate, statement, pages: [] };
  const isUnchanged = bytes.equals(await renderCertificatePdf(certificate));
  const pages = isUnchanged
    ? "the pages of the PDF say the same"
    : "WARNING: another version of the broker made the pages of the PDF, or they were changed: read these lines instead";
  return { certificate, statement, pages: [pages] };
}

function render(statement: ErasureStatement): readonly string[] {
  const { order, erasedAt, by, method, verification, nodes = [], destroyed } = statement;
  return [
    `valid: ${order} was erased at ${erasedAt} by ${by}`,
    `  ${method}`,
    ...(verification === undefined ? [] : [`  ${verification}`]),
    ...nodes.flatMap((node) => [
      `  node ${node.serial}, device key ${node.deviceKey ?? "never enrolled"}`,
      ...renderReport(readNodeReport(order, node)),
    ]),
    ...destroyed.map(
      ({ serial, generation, kid }) =>
        `  destroyed: ${serial}, generation ${String(generation)}, wrapped by ${kid}`,
    ),
  ];
}

function faultOfNodes({ order, nodes = [] }: ErasureStatement): string | undefined {
  const forged = nodes.find((node) => readNodeReport(order, node).kind === "forged");
  return forged && `node ${forged.serial}: its own certificate was not signed by its device key`;
}

function renderReport(report: NodeReport): readonly string[] {
  if (report.kind !== "signed") return ["    it has not certified that its medium was erased"];
  const { medium, method, verification, verifiedAt } = report.said;
  const drive = [medium.model, medium.serialNumber].filter((part) => part !== undefined);
  return [
    `    erased and verified at ${verifiedAt}: ${[`${medium.kind} ${medium.path}`, ...drive].join(", ")}`,
    `    volume ${medium.id} (${medium.volume}), ${String(medium.bytes)} bytes`,
    `    ${method}`,
    `    ${verification}`,
  ];
}

async function readKeys(path: string): Promise<z.infer<typeof keySet>["keys"]> {
  const text = (await readFileWithin(path, FILE_MAX_BYTES)).toString();
  try {
    return keySet.parse(JSON.parse(text)).keys;
  } catch (cause) {
    throw new AppError("Misuse", { detail: `${path} is not a JWK Set of P-256 keys`, cause });
  }
}
