import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isIP } from "node:net";

import forge from "node-forge";

import { malformed } from "./crypto-error.ts";

/*
 * The one file that knows node-forge. It writes and reads ASN.1 here and nothing else: keys,
 * signatures and hashes are node:crypto's, which also gives EC certificates that forge cannot sign
 * (docs/design/decisions/0003-x509-node-forge.md). It never sees input of an
 * unauthenticated caller.
 */

/** PEM: certificates and PKCS#8. */
export type CertificateWithKey = {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
};

const DAY_MS = 86_400_000;
/** Clocks of appliances differ; a certificate made now must be valid on a machine that is late. */
const BACKDATE_MS = DAY_MS;
/**
 * CA/Browser Forum, Baseline Requirements §6.3.2: clients refuse server certificates that are valid
 * for longer.
 */
const SERVER_CERTIFICATE_MAX_DAYS = 398;
const SERIAL_BYTES = 16;
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
const DNS_NAME =
  /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PKCS12_MAX_BYTES = 64 * 1024;
/**
 * Windows writes 2,000, OpenSSL 2,048, Java 10,000. A file of so many takes forge 8 s, of OpenSSL's
 * 60 ms.
 */
const PKCS12_MAX_ITERATIONS = 600_000;
/**
 * AuthenticatedSafe and SafeContents stand in octet strings (RFC 7292 §4); what is deeper is a
 * certificate.
 */
const PKCS12_OCTET_STRINGS = 2;
/** GeneralName tags of RFC 5280 §4.2.1.6. */
const SAN_DNS = 2;
const SAN_IP = 7;

/** Places in a Certificate and its TBSCertificate (RFC 5280 §4.1). */
const TBS = 0;
const TBS_SIGNATURE = 2;
const TBS_ISSUER = 3;
const TBS_SUBJECT = 5;
const TBS_PUBLIC_KEY = 6;
const TBS_EXTENSIONS = 7;

type Asn1 = forge.asn1.Asn1;
const { asn1, pki } = forge;

/**
 * A root for one machine or test: ECDSA P-256, path length 0.
 *
 * @throws {CryptoError} `malformed`
 */
export function createCertificateAuthority(input: {
  commonName: string;
  validityDays: number;
  nowMs?: number;
}): CertificateWithKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const nowMs = input.nowMs ?? Date.now();
  const notAfterMs = nowMs + wholeDays(input.validityDays) * DAY_MS;
  const certificatePem = signCertificate({
    subject: input.commonName,
    publicKey,
    signer: privateKey,
    notBeforeMs: nowMs - BACKDATE_MS,
    notAfterMs,
    extensions: [
      { name: "basicConstraints", critical: true, cA: true, pathLenConstraint: 0 },
      { name: "keyUsage", critical: true, keyCertSign: true, cRLSign: true },
    ],
  });
  return { certificatePem, privateKeyPem: toPkcs8Pem(privateKey) };
}

/**
 * A TLS server certificate with a new ECDSA P-256 key (an RSA one would cost each handshake 0.2 ms
 * more).
 *
 * @param input.dnsNames - lower case; `*.` may lead. Clients check these, never the common name.
 * @param input.validityDays - from now; with the day before now at most 398, and never beyond the
 * CA's end.
 * @returns `certificatePem` is the chain: server, then CA.
 * @throws {CryptoError} `malformed`
 */
export function issueServerCertificate(input: {
  ca: CertificateWithKey;
  commonName: string;
  dnsNames: readonly string[];
  ipAddresses?: readonly string[];
  validityDays: number;
  nowMs?: number;
}): CertificateWithKey {
  const altNames = subjectAltNames(input.dnsNames, input.ipAddresses ?? []);
  const nowMs = input.nowMs ?? Date.now();
  const notBeforeMs = nowMs - BACKDATE_MS;
  const notAfterMs = nowMs + wholeDays(input.validityDays) * DAY_MS;
  if (notAfterMs - notBeforeMs > SERVER_CERTIFICATE_MAX_DAYS * DAY_MS)
    throw malformed(`validityDays: more than ${String(SERVER_CERTIFICATE_MAX_DAYS - 1)}`);
  const authority = new X509Certificate(input.ca.certificatePem);
  const signer = createPrivateKey(input.ca.privateKeyPem);
  if (!authority.ca || !authority.checkPrivateKey(signer) || signer.asymmetricKeyType !== "ec")
    throw malformed("ca: not an EC certificate authority with its key");
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificatePem = signCertificate({
    subject: input.commonName,
    issuer: issuerOf(authority),
    publicKey,
    signer,
    notBeforeMs,
    notAfterMs: Math.min(notAfterMs, Date.parse(authority.validTo)),
    extensions: [
      { name: "basicConstraints", critical: true, cA: false },
      { name: "keyUsage", critical: true, digitalSignature: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return {
    certificatePem: certificatePem + authority.toString(),
    privateKeyPem: toPkcs8Pem(privateKey),
  };
}

/**
 * Reads a bring-your-own certificate with its chain and key (RFC 7292), RSA or EC, as OpenSSL and
 * Windows export it.
 *
 * Slow, and the file decides how slow: encrypted content may hold a key that is encrypted again,
 * with an iteration count that cannot be read before. So it is called in a thread that has a time
 * limit.
 *
 * @param der - at most 64 KiB, from the operator.
 * @throws {CryptoError} `malformed`: not PKCS#12, more than 600,000 iterations, wrong password, no
 * key, or a key that fits no certificate in it
 */
export function importPkcs12(der: Uint8Array, password: string): CertificateWithKey {
  if (der.byteLength > PKCS12_MAX_BYTES) throw malformed("PKCS#12: more than 64 KiB");
  const { certificates, privateKey } = readPkcs12(der, password);
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(privateKey));
  if (leaf === undefined) throw malformed("PKCS#12: its key fits no certificate in it");
  const chain = inOrder(leaf, certificates);
  return {
    certificatePem: chain.map((certificate) => certificate.toString()).join(""),
    privateKeyPem: toPkcs8Pem(privateKey),
  };
}

/**
 * Each certificate before its issuer, as TLS sends them (RFC 5246 §7.4.2); a file may have them in
 * any order.
 */
function inOrder(leaf: X509Certificate, found: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf];
  const others = new Set(found.filter((certificate) => certificate !== leaf));
  for (const last of chain) {
    const issuer = [...others].find((candidate) => last.checkIssued(candidate));
    if (issuer === undefined) break;
    others.delete(issuer);
    chain.push(issuer);
  }
  return [...chain, ...others];
}

function readPkcs12(
  der: Uint8Array,
  password: string,
): { certificates: X509Certificate[]; privateKey: KeyObject } {
  const file = parseAsn1(toBinary(der));
  if (file === undefined) throw malformed("PKCS#12: not such a file");
  const most = Math.max(0, ...iterationCounts(file, PKCS12_OCTET_STRINGS));
  if (most > PKCS12_MAX_ITERATIONS)
    throw malformed(
      `PKCS#12: asks for ${String(most)} iterations of its password, more than ${String(PKCS12_MAX_ITERATIONS)}`,
    );
  try {
    const store = forge.pkcs12.pkcs12FromAsn1(file, password);
    const bags = store.safeContents.flatMap((contents) => contents.safeBags);
    // forge leaves `asn1` where it cannot read a key or certificate itself: all that is EC.
    const certificates = bags
      .filter((bag) => bag.type === pki.oids["certBag"])
      .map(
        (bag) => new X509Certificate(toDer(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1)),
      );
    const keyBag = bags.find(
      (bag) => bag.type === pki.oids["pkcs8ShroudedKeyBag"] || bag.type === pki.oids["keyBag"],
    );
    if (keyBag === undefined) throw new Error("no key");
    const info = keyBag.key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(keyBag.key)) : keyBag.asn1;
    return {
      certificates,
      privateKey: createPrivateKey({ key: toDer(info), format: "der", type: "pkcs8" }),
    };
  } catch {
    // without cause: it may quote key bytes
    throw malformed("PKCS#12: not readable with this password");
  }
}

/**
 * The counts that are readable without the password. In MacData, PBKDF2-params and pkcs-12PbeParams
 * alike, and nowhere else in such a file, an INTEGER follows an OCTET STRING, the salt (RFC 7292 §4
 * and appendix C, RFC 8018 appendix A.2).
 */
function iterationCounts(value: Asn1, octetStrings: number): number[] {
  if (isUniversal(value, asn1.Type.OCTETSTRING)) {
    const content = octetStrings === 0 ? undefined : parseAsn1(octetsOf(value));
    return content === undefined ? [] : iterationCounts(content, octetStrings - 1);
  }
  if (typeof value.value === "string") return [];
  return value.value.flatMap((part, place, parts) => {
    const before = parts[place - 1];
    const isCount =
      before !== undefined &&
      isUniversal(before, asn1.Type.OCTETSTRING) &&
      isUniversal(part, asn1.Type.INTEGER);
    return isCount
      ? [Number(`0x${Buffer.from(text(part), "latin1").toString("hex")}`)]
      : iterationCounts(part, octetStrings);
  });
}

/** BER may write an octet string in pieces. */
function octetsOf(value: Asn1): string {
  return typeof value.value === "string" ? value.value : value.value.map(octetsOf).join("");
}

function isUniversal(value: Asn1, type: forge.asn1.Type): boolean {
  return value.tagClass === asn1.Class.UNIVERSAL && value.type === type;
}

function parseAsn1(binary: string): Asn1 | undefined {
  try {
    return asn1.fromDer(binary);
  } catch {
    return undefined;
  }
}

/** The CA's name, byte for byte as in its certificate: verifiers compare both (RFC 5280 §6.1). */
type Issuer = { readonly name: Asn1; readonly keyIdentifier: string };

type CertificateParts = {
  readonly subject: string;
  /** Absent when the certificate is its own issuer. */
  readonly issuer?: Issuer;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: readonly object[];
};

/**
 * forge writes the certificate around a placeholder RSA key; the public key, both algorithm
 * identifiers (ECDSA has no parameters, RFC 5758 §3.2) and the signature are then put in their
 * places.
 */
function signCertificate(parts: CertificateParts): string {
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.setRsaPublicKey(
    new forge.jsbn.BigInteger("3"),
    new forge.jsbn.BigInteger("3"),
  );
  certificate.serialNumber = positiveSerial();
  certificate.validity.notBefore = new Date(parts.notBeforeMs);
  certificate.validity.notAfter = new Date(parts.notAfterMs);
  const name: { name: string; value: string } = Object.assign(
    { name: "commonName", value: parts.subject },
    { valueTagClass: asn1.Type.UTF8 }, // the typings ask for a class; forge reads a type
  );
  certificate.setSubject([name]);
  certificate.setExtensions([
    ...parts.extensions,
    {
      id: SUBJECT_KEY_IDENTIFIER,
      value: universal(asn1.Type.OCTETSTRING, keyIdentifier(parts.publicKey)),
    },
    {
      name: "authorityKeyIdentifier",
      keyIdentifier: parts.issuer?.keyIdentifier ?? keyIdentifier(parts.publicKey),
    },
  ]);
  const oid = universal(asn1.Type.OID, asn1.oidToDer(ECDSA_WITH_SHA256).getBytes());
  const algorithm = universal(asn1.Type.SEQUENCE, [oid]);
  certificate.siginfo.algorithmOid = ECDSA_WITH_SHA256;
  certificate.signatureOid = ECDSA_WITH_SHA256;
  certificate.signature = "";
  const draft = child(pki.certificateToAsn1(certificate), TBS);
  replaceChild(draft, TBS_SIGNATURE, algorithm);
  replaceChild(draft, TBS_ISSUER, parts.issuer?.name ?? child(draft, TBS_SUBJECT));
  const spki = parts.publicKey.export({ type: "spki", format: "der" });
  replaceChild(draft, TBS_PUBLIC_KEY, fromDer(spki));
  const signature = sign("sha256", toDer(draft), parts.signer);
  const bits = universal(asn1.Type.BITSTRING, `\0${toBinary(signature)}`);
  const signed = universal(asn1.Type.SEQUENCE, [draft, algorithm, bits]);
  return new X509Certificate(toDer(signed)).toString();
}

function issuerOf(authority: X509Certificate): Issuer {
  const tbs = child(fromDer(authority.raw), TBS);
  const extensions = children(child(child(tbs, TBS_EXTENSIONS), 0));
  const oid = asn1.oidToDer(SUBJECT_KEY_IDENTIFIER).getBytes();
  const extension = extensions.find((candidate) => child(candidate, 0).value === oid);
  if (extension === undefined) throw malformed("ca: no subject key identifier");
  const octets = fromDer(
    Buffer.from(text(child(extension, children(extension).length - 1)), "latin1"),
  );
  return { name: child(tbs, TBS_SUBJECT), keyIdentifier: text(octets) };
}

function subjectAltNames(dnsNames: readonly string[], ipAddresses: readonly string[]): object[] {
  if (dnsNames.length + ipAddresses.length === 0) throw malformed("dnsNames: at least one name");
  for (const name of dnsNames)
    if (name.length > 253 || !DNS_NAME.test(name))
      throw malformed("dnsNames: expected host names in lower case");
  for (const address of ipAddresses)
    if (isIP(address) === 0) throw malformed("ipAddresses: expected IPv4 or IPv6 addresses");
  return [
    ...dnsNames.map((value) => ({ type: SAN_DNS, value })),
    ...ipAddresses.map((ip) => ({ type: SAN_IP, ip })),
  ];
}

/**
 * 127 random bits; the cleared top bit keeps the number positive, the set one below it keeps its
 * length (RFC 5280 §4.1.2.2).
 */
function positiveSerial(): string {
  const serial = randomBytes(SERIAL_BYTES);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  return serial.toString("hex");
}

/**
 * RFC 7093 §2, method 4: a hash of the SubjectPublicKeyInfo, here the first 160 bits of SHA-256.
 */
function keyIdentifier(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: "spki", format: "der" });
  return toBinary(createHash("sha256").update(spki).digest().subarray(0, 20));
}

function wholeDays(days: number): number {
  if (!Number.isInteger(days) || days < 1 || days > 36_500)
    throw malformed("validityDays: expected a whole number of days");
  return days;
}

function toPkcs8Pem(privateKey: KeyObject): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** forge keeps bytes in strings, one character each. */
function toBinary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function universal(type: forge.asn1.Type, value: string | Asn1[]): Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, type, typeof value !== "string", value);
}

function toDer(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), "latin1");
}

function fromDer(der: Uint8Array): Asn1 {
  return asn1.fromDer(toBinary(der));
}

function children(value: Asn1): Asn1[] {
  if (typeof value.value === "string") throw malformed("certificate: expected a sequence");
  return value.value;
}

function child(value: Asn1, place: number): Asn1 {
  const found = children(value)[place];
  if (found === undefined) throw malformed("certificate: a part is missing");
  return found;
}

function text(value: Asn1): string {
  if (typeof value.value !== "string") throw malformed("certificate: expected a value");
  return value.value;
}

function replaceChild(value: Asn1, place: number, by: Asn1): void {
  children(value).splice(place, 1, by);
}
