import { createPrivateKey, X509Certificate } from "node:crypto";

import { AppError, type Finding } from "@databox-cmk/errors";

import { readPemFile } from "../../config/read-pem-file.ts";
import { judgeCertificate } from "../../core/judge-certificate.ts";
import type { EpochMs } from "../../core/order.ts";

/** @throws {AppError} Misuse that names the variable and the file */
export async function probeCertificate(
  files: { readonly certificateFile: string; readonly keyFile: string },
  hostname: string,
  nowMs: EpochMs,
): Promise<Finding> {
  const certificatePem = await readPemFile("BROKER_TLS_CERTIFICATE_FILE", files.certificateFile);
  const keyPem = await readPemFile("BROKER_TLS_KEY_FILE", files.keyFile);
  const certificate = parse("BROKER_TLS_CERTIFICATE_FILE", "certificate", () => {
    return new X509Certificate(certificatePem);
  });
  const privateKey = parse("BROKER_TLS_KEY_FILE", "private key", () => createPrivateKey(keyPem));
  return judgeCertificate(
    {
      hostname,
      coversHostname: certificate.checkHost(hostname) !== undefined,
      fitsPrivateKey: certificate.checkPrivateKey(privateKey),
      names: certificate.subjectAltName ?? certificate.subject,
      validFromMs: certificate.validFromDate.getTime(),
      validToMs: certificate.validToDate.getTime(),
    },
    nowMs,
  );
}

function parse<Value>(variable: string, what: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new AppError("Misuse", { detail: `${variable}: expected a PEM ${what}`, cause });
  }
}
