import { createPrivateKey, X509Certificate } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";

import type { CertificateWithKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import type { LocalCertificate, LocalCertificateJudgement } from "@databox-cmk/protocol";

import { readPrivateFile } from "../../state/private-file.ts";
import { toStateError } from "../../state/state-error.ts";
import { syncFolder, writeDurably } from "../../state/write-durably.ts";
import { judgeCertificate } from "./judge-certificate.ts";
import { openPkcs12 } from "./open-pkcs12.ts";
import { makeOwnCertificate } from "./own-certificate.ts";
import { readChain, tlsFaultOf, viewCertificate } from "./read-certificate.ts";

const FILES = { own: "ui-certificate.pem", customer: "ui-customer-certificate.pem" } as const;
const KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/;
/** Renewed this long before its end. */
const RENEW_BEFORE_MS = 30 * 86_400_000;

export type CertificateStore = {
  readonly current: CertificateWithKey;
  /** Whether the certificate in use is for this DNS name; it may have a wildcard. */
  isFor(name: string): boolean;
  view(): LocalCertificate;
  /** @throws {AppError} `CertificateUnusable`: unreadable, or `apply` of one that failed a check */
  judge(upload: {
    readonly pkcs12: Uint8Array;
    readonly password: string;
    readonly apply: boolean;
    readonly address: string;
  }): Promise<LocalCertificateJudgement>;
  /** Returns to the appliance's own certificate. */
  revert(): void;
};

/**
 * The certificate of the local UI: the customer's if one was brought, otherwise the appliance's
 * own, made at the first start and again before it expires. Each is one file of certificate and
 * key, so that the two cannot differ after a crash.
 *
 * @param changed - called when the next connection must use the new one
 * @throws {AppError} of the state folder
 */
export function openCertificateStore(options: {
  readonly folder: string;
  readonly serial: string;
  readonly nowMs: () => number;
  readonly changed: (certificate: CertificateWithKey) => void;
}): CertificateStore {
  const { folder, serial, nowMs, changed } = options;
  const at = (file: keyof typeof FILES) => join(folder, FILES[file]);
  const own = (): CertificateWithKey => {
    const stored = readPair(at("own"));
    if (stored !== undefined && !endsSoon(stored, nowMs())) return stored;
    const made = makeOwnCertificate(serial);
    writeDurably(at("own"), made.certificatePem + made.privateKeyPem);
    return made;
  };
  const customer = readPair(at("customer"));
  let source: LocalCertificate["source"] = customer === undefined ? "appliance" : "customer";
  let current = customer ?? own();
  const use = (next: CertificateWithKey, from: typeof source) => {
    current = next;
    source = from;
    changed(next);
  };
  const leaf = () => new X509Certificate(current.certificatePem);

  return {
    get current() {
      return current;
    },
    isFor: (name) => leaf().checkHost(name) !== undefined,
    view: () => ({ source, certificate: viewCertificate(leaf()) }),
    async judge({ pkcs12, password, apply, address }) {
      const brought = await openPkcs12({ der: pkcs12, password });
      const [first, ...rest] = readChain(brought.certificatePem);
      if (first === undefined) throw unusable("the file holds no certificate");
      const tlsFault = tlsFaultOf(brought);
      const checks = judgeCertificate([first, ...rest], { nowMs: nowMs(), address, tlsFault });
      const failed = checks.find(({ status }) => status === "failed");
      if (apply && failed !== undefined) throw unusable(`${failed.name}: ${failed.found}`);
      if (apply) {
        writeDurably(at("customer"), brought.certificatePem + brought.privateKeyPem);
        use(brought, "customer");
      }
      return { certificate: viewCertificate(first), checks: [...checks], applied: apply };
    },
    revert() {
      try {
        rmSync(at("customer"), { force: true });
        syncFolder(folder);
      } catch (error) {
        throw toStateError(error, at("customer"));
      }
      use(own(), "appliance");
    },
  };
}

function readPair(path: string): CertificateWithKey | undefined {
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  const privateKeyPem = KEY.exec(text)?.[0];
  const certificatePem = text.replace(KEY, "");
  try {
    const pair = { certificatePem, privateKeyPem: privateKeyPem ?? "" };
    const key = createPrivateKey(pair.privateKeyPem);
    const fits = new X509Certificate(certificatePem).checkPrivateKey(key);
    if (fits && tlsFaultOf(pair) === undefined) return pair;
  } catch {
    // Reported below: every file without a matching pair is the same fault.
  }
  throw new AppError("AgentStateUnreadable", {
    target: path,
    detail: `${path}: no certificate with its key that TLS takes; remove it, and the appliance makes its own`,
  });
}

function endsSoon({ certificatePem }: CertificateWithKey, nowMs: number): boolean {
  return Date.parse(new X509Certificate(certificatePem).validTo) - nowMs < RENEW_BEFORE_MS;
}

function unusable(detail: string): AppError {
  return new AppError("CertificateUnusable", { detail });
}
