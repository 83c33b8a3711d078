import type { Command } from "commander";

import type { Output } from "./check-certificate.ts";
import { EXIT_FORGED, EXIT_OTHER_PAGES } from "./exit-codes.ts";

export function addCertificateCommand(program: Command, output: Output): void {
  const certificates = program.command("certificate").description("certificates of erasure");
  certificates
    .command("verify")
    .description(
      `verify a certificate of erasure offline; exit code ${String(EXIT_FORGED)}: none of the keys signed it; ${String(EXIT_OTHER_PAGES)}: it is valid, but the pages of its PDF are different`,
    )
    .argument("<file>", "the certificate or its PDF, as the portal saves it")
    .requiredOption(
      "--keys <file>",
      "the broker's public keys (JWK Set), as GET /webhooks/v1/keys showed them",
    )
    .option("--json", "the statement as one JSON object")
    .action(async (file: string, options: { readonly keys: string; readonly json?: true }) => {
      const { showCertificate } = await import("./check-certificate.ts");
      await showCertificate(file, options, output);
    });
  certificates
    .command("pdf")
    .description("write a verified certificate of erasure as a PDF")
    .argument("<file>", "the certificate, as the portal saves it")
    .requiredOption("--keys <file>", "the broker's public keys (JWK Set)")
    .requiredOption("--out <file>", "the new document; an existing file is not overwritten")
    .action(async (file: string, options: { readonly keys: string; readonly out: string }) => {
      const { writeCertificatePdf } = await import("./check-certificate.ts");
      await writeCertificatePdf(file, options, output);
    });
}
