import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  createCertificateAuthority,
  CryptoError,
  importPkcs12,
  issueServerCertificate,
} from "../src/index.ts";
import type { CertificateWithKey } from "../src/index.ts";

const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

const DAY_MS = 86_400_000;
const NAMES = {
  dnsNames: ["arm.localhost", "*.vault.localhost"],
  ipAddresses: ["127.0.0.1", "::1"],
};
const folder = mkdtempSync(join(tmpdir(), "databox-certificates-"));
const file = (name: string) => join(folder, name);
const openssl = (...parameters: string[]) =>
  execFileSync("openssl", parameters, { cwd: folder, stdio: "pipe", encoding: "utf8" });

let ca: CertificateWithKey;
let server: CertificateWithKey;
beforeAll(() => {
  ca = createCertificateAuthority({ commonName: "Müller & Söhne local CA", validityDays: 3650 });
  server = issueServerCertificate({ ca, commonName: "arm.localhost", ...NAMES, validityDays: 397 });
  writeFileSync(file("ca.pem"), ca.certificatePem);
  writeFileSync(file("server.pem"), server.certificatePem);
  writeFileSync(file("server.key"), server.privateKeyPem, { mode: 0o600 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("OpenSSL, with strict checks,", () => {
  test.each([
    ["-verify_hostname", "arm.localhost"],
    ["-verify_hostname", "contoso.vault.localhost"],
    ["-verify_ip", "127.0.0.1"],
    ["-verify_ip", "::1"],
  ])("accepts the server certificate for %s %s", (option, name) => {
    const verdict = openssl(
      "verify",
      "-x509_strict",
      "-purpose",
      "sslserver",
      option,
      name,
      "-CAfile",
      "ca.pem",
      "server.pem",
    );
    expect(verdict).toBe("server.pem: OK\n");
  });

  test("refuses it for another name", () => {
    expect(() =>
      openssl("verify", "-verify_hostname", "evil.localhost", "-CAfile", "ca.pem", "server.pem"),
    ).toThrow(/mismatch/);
  });

  test("refuses it under another authority of the same name", () => {
    const impostor = createCertificateAuthority({
      commonName: "Müller & Söhne local CA",
      validityDays: 1,
    });
    writeFileSync(file("impostor.pem"), impostor.certificatePem);
    expect(() => openssl("verify", "-CAfile", "impostor.pem", "server.pem")).toThrow(
      /verification failed/,
    );
  });

  test("prints the extensions that clients ask for", () => {
    const text = openssl("x509", "-in", "server.pem", "-noout", "-text");
    for (const part of [
      "Signature Algorithm: ecdsa-with-SHA256",
      "X509v3 Basic Constraints: critical\n                CA:FALSE",
      "X509v3 Key Usage: critical\n                Digital Signature",
      "TLS Web Server Authentication",
      "X509v3 Subject Key Identifier",
      "X509v3 Authority Key Identifier",
      "DNS:arm.localhost, DNS:*.vault.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    ])
      expect(text).toContain(part);
  });
});

describe("certificates", () => {
  test("the authority may sign certificates, and no further authorities", () => {
    const text = openssl("x509", "-in", "ca.pem", "-noout", "-text");
    expect(text).toContain(
      "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0",
    );
    expect(text).toContain("Certificate Sign, CRL Sign");
    expect(text).toContain("CN=Müller & Söhne local CA");
  });

  test("are valid since yesterday and for the days asked for", () => {
    const nowMs = Date.UTC(2030, 0, 2);
    const authority = createCertificateAuthority({ commonName: "ca", validityDays: 3650, nowMs });
    const issued = issueServerCertificate({
      ca: authority,
      commonName: "a",
      dnsNames: ["a.localhost"],
      validityDays: 10,
      nowMs,
    });
    const { validFrom, validTo } = new X509Certificate(issued.certificatePem);
    expect([Date.parse(validFrom), Date.parse(validTo)]).toEqual([
      nowMs - DAY_MS,
      nowMs + 10 * DAY_MS,
    ]);
  });

  test("never outlive their authority", () => {
    const authority = createCertificateAuthority({ commonName: "ca", validityDays: 2 });
    const issued = issueServerCertificate({
      ca: authority,
      commonName: "a",
      dnsNames: ["a.localhost"],
      validityDays: 100,
    });
    expect(new X509Certificate(issued.certificatePem).validTo).toBe(
      new X509Certificate(authority.certificatePem).validTo,
    );
  });

  test("have positive serial numbers of 127 bits that do not repeat", () => {
    const serials = Array.from({ length: 20 }, () => {
      const issued = issueServerCertificate({
        ca,
        commonName: "a",
        dnsNames: ["a.localhost"],
        validityDays: 1,
      });
      return new X509Certificate(issued.certificatePem).serialNumber;
    });
    expect(new Set(serials).size).toBe(20);
    expect(serials.filter((serial) => !/^[4-7][0-9A-F]{31}$/.test(serial))).toEqual([]);
  });

  test("the chain is server, then authority; the fingerprint is the server's", () => {
    expect(server.certificatePem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(`sha256 Fingerprint=${fingerprintOf(server.certificatePem)}\n`).toBe(
      openssl("x509", "-in", "server.pem", "-noout", "-fingerprint", "-sha256"),
    );
  });

  test.each([
    ["no name at all", { dnsNames: [] }, "dnsNames"],
    ["a name in upper case", { dnsNames: ["ARM.localhost"] }, "dnsNames"],
    ["a name with a line break", { dnsNames: ["a\nb"] }, "dnsNames"],
    ["a wildcard inside", { dnsNames: ["a.*.localhost"] }, "dnsNames"],
    ["an address that is none", { ipAddresses: ["256.1.1.1"] }, "ipAddresses"],
    ["398 days after the day before", { validityDays: 398 }, "validityDays"],
    ["half a day", { validityDays: 0.5 }, "validityDays"],
    ["no days", { validityDays: 0 }, "validityDays"],
  ])("%s is refused and named", (_, change, member) => {
    const issue = () =>
      issueServerCertificate({
        ca,
        commonName: "a",
        dnsNames: ["a.localhost"],
        validityDays: 1,
        ...change,
      });
    expect(issue).toThrow(CryptoError);
    expect(issue).toThrow(member);
  });

  test("a server certificate cannot sign another one", () => {
    expect(() =>
      issueServerCertificate({
        ca: server,
        commonName: "a",
        dnsNames: ["a.localhost"],
        validityDays: 1,
      }),
    ).toThrow("not an EC certificate authority");
  });

  test("an authority without its own key signs nothing", () => {
    const mixed = { certificatePem: ca.certificatePem, privateKeyPem: server.privateKeyPem };
    expect(() =>
      issueServerCertificate({
        ca: mixed,
        commonName: "a",
        dnsNames: ["a.localhost"],
        validityDays: 1,
      }),
    ).toThrow("not an EC certificate authority");
  });
});

describe("a TLS 1.3 handshake succeeds", () => {
  const https = createServer((_, response) => response.end("hello"));
  beforeAll(async () => {
    https.setSecureContext({ cert: server.certificatePem, key: server.privateKeyPem });
    await new Promise<void>((resolve) => {
      https.listen(0, "127.0.0.1", resolve);
    });
  });
  afterAll(() => {
    https.closeAllConnections();
    https.close();
  });
  const port = () => {
    const address = https.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  };

  test("with node", async () => {
    const protocol = await new Promise((resolve, reject) => {
      const options = { port: port(), servername: "arm.localhost", ca: ca.certificatePem };
      const socket = connect({ ...options, host: "127.0.0.1" }, () => {
        resolve(socket.getProtocol());
        socket.end();
      });
      socket.on("error", reject);
    });
    expect(protocol).toBe("TLSv1.3");
  });

  test("with Python, whose ssl module checks RFC 5280 strictly", async ({ skip }) => {
    skip(spawnSync("python3", ["-c", "import ssl"]).status !== 0, "python3 is not installed");
    const script = `
import socket, ssl, sys
context = ssl.create_default_context(cafile="ca.pem")
context.verify_flags |= ssl.VERIFY_X509_STRICT
with context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="arm.localhost") as tls:
    print(tls.version())
`;
    const { stdout } = await promisify(execFile)("python3", ["-c", script, String(port())], {
      cwd: folder,
    });
    expect(stdout).toBe("TLSv1.3\n");
  });
});

const selfSign = (...algorithm: string[]) =>
  openssl(
    "req",
    "-x509",
    "-nodes",
    "-newkey",
    ...algorithm,
    "-keyout",
    "own.key",
    "-out",
    "own.pem",
    "-subj",
    "/CN=own",
    "-days",
    "2",
  );

describe("PKCS#12", () => {
  const PASSWORD = "bring your own";
  const exportFile = (key: string, ...more: string[]) => {
    openssl(
      "pkcs12",
      "-export",
      "-inkey",
      key,
      "-in",
      "own.pem",
      "-out",
      "own.p12",
      "-passout",
      `pass:${PASSWORD}`,
      ...more,
    );
    return readFileSync(file("own.p12"));
  };

  test.each([
    ["RSA, as OpenSSL 3 writes it", ["rsa:2048"], []],
    [
      "RSA, as Windows once wrote it",
      ["rsa:2048"],
      ["-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
    ],
    ["EC", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], []],
  ])("%s: certificate and key come back", (_, algorithm, options) => {
    selfSign(...algorithm);
    const imported = importPkcs12(exportFile("own.key", ...options), PASSWORD);
    const certificate = new X509Certificate(imported.certificatePem);
    expect(certificate.fingerprint256).toBe(fingerprintOf(readFileSync(file("own.pem"), "utf8")));
    expect(certificate.checkPrivateKey(createPrivateKey(imported.privateKeyPem))).toBe(true);
  });

  test("a chain comes back with the key's own certificate first", () => {
    const issued = issueServerCertificate({
      ca,
      commonName: "own",
      dnsNames: ["own.localhost"],
      validityDays: 1,
    });
    writeFileSync(file("own.pem"), issued.certificatePem);
    writeFileSync(file("own.key"), issued.privateKeyPem);
    const imported = importPkcs12(exportFile("own.key"), PASSWORD);
    expect(imported).toEqual(issued);
  });

  test("a chain comes back in the order of its issuers, whatever the file's order", () => {
    const made = (name: string, ...signer: readonly string[]) => {
      const subject = ["-subj", `/CN=${name}`, "-days", "2"];
      const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
      const out = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
      openssl("req", "-x509", ...key, ...subject, ...out, ...signer);
      return readFileSync(file(`${name}.pem`), "utf8");
    };
    const root = made("root");
    const between = made("between", "-CA", "root.pem", "-CAkey", "root.key");
    const leaf = made("leaf", "-CA", "between.pem", "-CAkey", "between.key");
    writeFileSync(file("own.pem"), leaf + root + between);
    const { certificatePem } = importPkcs12(exportFile("leaf.key"), PASSWORD);
    expect(certificatePem).toBe(leaf + between + root);
  });

  test.each([
    ["a wrong password", (der: Buffer) => ({ der, password: "wrong" })],
    ["a cut file", (der: Buffer) => ({ der: der.subarray(0, der.length / 2), password: PASSWORD })],
    [
      "one changed byte",
      (der: Buffer) => ({
        der: der.with(der.length - 30, (der.at(-30) ?? 0) ^ 1),
        password: PASSWORD,
      }),
    ],
    ["an empty file", () => ({ der: Buffer.alloc(0), password: PASSWORD })],
    ["a file of more than 64 KiB", () => ({ der: Buffer.alloc(65_537), password: PASSWORD })],
  ])("%s is malformed, and the password is not repeated", (_, change) => {
    selfSign("rsa:2048");
    const { der, password } = change(exportFile("own.key"));
    expect(() => importPkcs12(der, password)).toThrow(
      /^PKCS#12: (?:not such a file|not readable with this password|more than 64 KiB)$/,
    );
  });

  test.each([
    ["its MAC", ["-certpbe", "NONE", "-keypbe", "NONE"]],
    ["its key", ["-certpbe", "NONE", "-nomaciter"]],
    ["its certificates", ["-nokeys", "-nomaciter"]],
    ["its key, by the older scheme", ["-certpbe", "NONE", "-keypbe", "PBE-SHA1-3DES", "-nomac"]],
  ])("a file that asks for 8,388,607 iterations for %s is refused at once", (_, options) => {
    selfSign("rsa:2048");
    const written = exportFile("own.key", "-iter", "131073", ...options).toString("hex");
    const hostile = written.replaceAll("0203020001", "02037fffff");
    expect(hostile).not.toBe(written);
    expect(() => importPkcs12(Buffer.from(hostile, "hex"), PASSWORD)).toThrow(
      "PKCS#12: asks for 8388607 iterations of its password, more than 600000",
    );
  });

  test("a file without a key is malformed", () => {
    openssl(
      "pkcs12",
      "-export",
      "-nokeys",
      "-in",
      "ca.pem",
      "-out",
      "own.p12",
      "-passout",
      `pass:${PASSWORD}`,
    );
    expect(() => importPkcs12(readFileSync(file("own.p12")), PASSWORD)).toThrow(CryptoError);
  });
});
