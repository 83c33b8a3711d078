import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

import { AppError } from "@databox-cmk/errors";

import type { BrokerConfig } from "./config.ts";
import { readPemFile } from "./read-file-within.ts";

/** The certificate and the key of a listener, as PEM. */
export type Certificate = {
  readonly certificate: string;
  readonly privateKey: string;
  readonly expiresAtMs: number;
};

/**
 * Reads both files, and accepts them only together: while one of them is replaced, they do not fit.
 *
 * @param known - returned again if the files still hold it, without another check
 * @throws {AppError} Misuse that names the variables
 */
export async function readCertificate(
  config: Pick<BrokerConfig, "BROKER_TLS_CERTIFICATE_FILE" | "BROKER_TLS_KEY_FILE">,
  known?: Certificate,
): Promise<Certificate> {
  const [certificate, privateKey] = await Promise.all([
    readPemFile("BROKER_TLS_CERTIFICATE_FILE", config.BROKER_TLS_CERTIFICATE_FILE),
    readPemFile("BROKER_TLS_KEY_FILE", config.BROKER_TLS_KEY_FILE),
  ]);
  if (certificate === known?.certificate && privateKey === known.privateKey) return known;
  try {
    createSecureContext({ cert: certificate, key: privateKey });
    const expiresAtMs = new X509Certificate(certificate).validToDate.getTime();
    return { certificate, privateKey, expiresAtMs };
  } catch (cause) {
    throw new AppError("Misuse", {
      detail:
        "BROKER_TLS_CERTIFICATE_FILE, BROKER_TLS_KEY_FILE: expected a PEM certificate and its PEM private key",
      cause,
    });
  }
}

/**
 * Replaces the served certificate when its files have changed. The files are read again instead of
 * watched: Kubernetes replaces a folder by a symbolic link, and network file systems send no news.
 *
 * @param read - returns the same object for unchanged files
 * @param serve - takes effect for new connections; open ones stay
 */
export function createCertificateReload(
  first: Certificate,
  read: (served: Certificate) => Promise<Certificate>,
  serve: (certificate: Certificate) => void,
) {
  let served = first;
  return {
    /** Serves what the files hold now; rejects, and keeps the former, if they cannot be served. */
    reload: async () => {
      const next = await read(served);
      if (next === served) return;
      serve(next);
      served = next;
    },
    expiresAtMs: () => served.expiresAtMs,
  };
}
