import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

import type { LocalCertificateJudgement } from "@databox-cmk/protocol";

import { namesIn } from "./read-certificate.ts";

type CertificateCheck = LocalCertificateJudgement["checks"][number];

const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const RSA_BITS_MIN = 2048;

type Circumstances = {
  /**
   * The appliance's clock, which is set by hand: a check against it can be wrong, so its time is
   * shown.
   */
  readonly nowMs: number;
  /** The address by which the person reached this page. */
  readonly address: string;
  /** Why TLS does not serve by it. */
  readonly tlsFault: string | undefined;
};

/**
 * Checks a certificate that a person brought, before it is used. The key was already matched when
 * the file was read.
 *
 * @param chain - the server's own first
 */
export function judgeCertificate(
  chain: readonly [X509Certificate, ...X509Certificate[]],
  { nowMs, address, tlsFault }: Circumstances,
): readonly CertificateCheck[] {
  const [own] = chain;
  return [
    judgeKey(own, tlsFault),
    judgeChain(chain),
    judgeTime(chain, nowMs),
    judgePurpose(own),
    judgeNames(own),
    judgeAddress(own, address),
  ];
}

function judgeKey({ publicKey }: X509Certificate, tlsFault: string | undefined): CertificateCheck {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  const kind = publicKey.asymmetricKeyType ?? "unknown";
  const size = bits === undefined ? "" : ` ${String(bits)} bits`;
  const fault = tlsFault === undefined ? "" : `, which TLS does not take (${tlsFault})`;
  const found = `${kind.toUpperCase()}${size}${fault}`;
  const isStrong = kind === "ec" || (kind === "rsa" && (bits ?? 0) >= RSA_BITS_MIN);
  const isUsable = isStrong && tlsFault === undefined;
  return { name: "key", status: isUsable ? "passed" : "failed", found };
}

/** Each is issued and signed by the next; clients may already know the last one. */
function judgeChain(chain: readonly X509Certificate[]): CertificateCheck {
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1];
    if (issuer === undefined) break;
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey) || !issuer.ca)
      return {
        name: "chain",
        status: "failed",
        found: `certificate ${String(index + 1)} of the file was not issued by certificate ${String(index + 2)}`,
      };
  }
  const [own] = chain;
  const isAlone = chain.length === 1 && own?.subject !== own?.issuer;
  return {
    name: "chain",
    status: isAlone ? "warning" : "passed",
    found: isAlone
      ? "the file has no issuer certificate; clients must already have it"
      : `${String(chain.length)} certificate(s)`,
  };
}

function judgeTime(chain: readonly X509Certificate[], nowMs: number): CertificateCheck {
  const from = Math.max(...chain.map(({ validFrom }) => Date.parse(validFrom)));
  const to = Math.min(...chain.map(({ validTo }) => Date.parse(validTo)));
  const found = `valid from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}, by this appliance's clock it is ${new Date(nowMs).toISOString()}`;
  return { name: "time", status: from <= nowMs && nowMs < to ? "passed" : "failed", found };
}

function judgePurpose({ ca, keyUsage }: X509Certificate): CertificateCheck {
  // Node calls the extended key usage `keyUsage`; without one every purpose is allowed (RFC 5280
  // §4.2.1.12).
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- absent without the extension, whatever its type says
  const isForServers = keyUsage === undefined || keyUsage.includes(SERVER_AUTHENTICATION);
  if (ca) return { name: "purpose", status: "failed", found: "it is a certificate authority's" };
  return {
    name: "purpose",
    status: isForServers ? "passed" : "failed",
    found: isForServers ? "for servers" : "it is not for servers",
  };
}

function judgeNames(certificate: X509Certificate): CertificateCheck {
  const names = namesIn(certificate);
  return {
    name: "names",
    status: names.length === 0 ? "failed" : "passed",
    found:
      names.length === 0
        ? "it has no name, and browsers do not trust such a certificate"
        : names.join(", "),
  };
}

function judgeAddress(certificate: X509Certificate, address: string): CertificateCheck {
  const isNamed =
    isIP(address) === 0
      ? certificate.checkHost(address) !== undefined
      : certificate.checkIP(address) !== undefined;
  return {
    name: "this-address",
    status: isNamed ? "passed" : "warning",
    found: isNamed ? address : `${address}, the address of this page, is not one of its names`,
  };
}
