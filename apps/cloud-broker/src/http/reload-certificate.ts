import type { Certificate } from "../config/read-certificate.ts";

export type CertificateReload = {
  /** Serves what the files hold now; rejects, and goes on as before, when they cannot be served. */
  readonly reload: () => Promise<void>;
  readonly expiresAtMs: () => number;
};

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
): CertificateReload {
  let served = first;
  return {
    async reload() {
      const next = await read(served);
      if (next === served) return;
      serve(next);
      served = next;
    },
    expiresAtMs: () => served.expiresAtMs,
  };
}
