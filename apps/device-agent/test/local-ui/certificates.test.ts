import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import type { CertificateWithKey } from "@databox-cmk/crypto";
import { localCertificate, localCertificateJudgement } from "@databox-cmk/protocol";
import { folderFor } from "@databox-cmk/testkit";
import { beforeAll, describe, expect, test } from "vitest";

import { openPkcs12 } from "../../src/local-ui/certificates/open-pkcs12.ts";
import { createUiWorld, PASSKEY, type UiWorld } from "./ui-world.ts";

const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

const PASSWORD = "of the file";
const DAY_MS = 86_400_000;
const folder = folderFor(beforeAll);
let ca: CertificateWithKey;
beforeAll(() => {
  ca = createCertificateAuthority({ commonName: "Contoso", validityDays: 300 });
});
/** As a person makes it: by openssl, from PEM files. */
function pfx(certificatePem: string, privateKeyPem: string, iterations = 2048): string {
  const paths = { cert: join(folder.path, "c.pem"), key: join(folder.path, "k.pem") };
  writeFileSync(paths.cert, certificatePem);
  writeFileSync(paths.key, privateKeyPem);
  const parameters = ["pkcs12", "-export", "-in", paths.cert, "-inkey", paths.key];
  const options = ["-iter", String(iterations), "-passout", `pass:${PASSWORD}`];
  return execFileSync("openssl", [...parameters, ...options]).toString("base64");
}

function issue(change: Partial<Parameters<typeof issueServerCertificate>[0]> = {}) {
  return issueServerCertificate({
    ca,
    commonName: "appliance.contoso.example",
    dnsNames: ["appliance.contoso.example"],
    ipAddresses: ["127.0.0.1"],
    validityDays: 100,
    ...change,
  });
}

const upload = (site: UiWorld, pkcs12: string, apply: boolean, password = PASSWORD) =>
  site.client.post("/api/certificate", { pkcs12, password, apply });

describe("a certificate that the customer brings", () => {
  test("is judged, applied without a restart, kept over one, and taken back", async () => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY);
    const own = await site.client.fingerprint();
    expect(localCertificate.parse((await site.client.get("/api/certificate")).json)).toMatchObject({
      source: "appliance",
      certificate: { fingerprint: own, names: expect.arrayContaining(["127.0.0.1", "localhost"]) },
    });
    const brought = issue();
    const file = pfx(brought.certificatePem, brought.privateKeyPem);
    const judged = localCertificateJudgement.parse((await upload(site, file, false)).json);
    expect(judged.checks.map(({ status }) => status)).toEqual(
      Array.from({ length: 6 }, () => "passed"),
    );
    expect(judged.applied).toBe(false);
    expect(await site.client.fingerprint()).toBe(own);

    expect((await upload(site, file, true)).json).toMatchObject({ applied: true });
    expect(await site.client.fingerprint()).toBe(fingerprintOf(brought.certificatePem));
    // The name of the certificate is a name of the appliance from now on.
    const host = "appliance.contoso.example";
    expect((await site.client.get("/api/state", { host })).status).toBe(200);
    await site.restart();
    expect(await site.client.fingerprint()).toBe(fingerprintOf(brought.certificatePem));
    await site.client.signIn(PASSKEY);
    expect((await site.client.post("/api/certificate/revert")).json.source).toBe("appliance");
    expect(await site.client.fingerprint()).toBe(own);
    expect((await site.client.get("/api/state", { host })).status).toBe(403);
  });

  test("of RSA serves too", async () => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY);
    const [key, cert] = [join(folder.path, "rsa.key"), join(folder.path, "rsa.pem")];
    const names = "subjectAltName=DNS:appliance.contoso.example";
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"];
    const purpose = ["-addext", names, "-addext", "basicConstraints=critical,CA:FALSE"];
    execFileSync(
      "openssl",
      [...request, "-keyout", key, "-out", cert, "-subj", "/CN=x", ...purpose],
      { stdio: "ignore" },
    );
    const file = pfx(readFileSync(cert, "utf8"), readFileSync(key, "utf8"));
    const { json } = await upload(site, file, true);
    expect(json).toMatchObject({ applied: true });
    expect(json.checks).toContainEqual({ name: "key", status: "passed", found: "RSA 2048 bits" });
    expect(json.checks).toContainEqual(
      expect.objectContaining({ name: "this-address", status: "warning" }),
    );
    expect(await site.client.fingerprint()).toBe(fingerprintOf(readFileSync(cert, "utf8")));
  });

  test("with a wildcard serves by each name that it is for", async () => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY);
    const { certificatePem, privateKeyPem } = issue({ dnsNames: ["*.contoso.example"] });
    const file = pfx(certificatePem, privateKeyPem);
    expect((await upload(site, file, true)).json).toMatchObject({ applied: true });
    const statusAt = async (host: string) => (await site.client.get("/api/state", { host })).status;
    expect(await statusAt("appliance.contoso.example")).toBe(200);
    expect(await statusAt("contoso.example")).toBe(403);
    expect(await statusAt("appliance.contoso.example.evil.example")).toBe(403);
  });

  const later = Date.now() + 200 * DAY_MS;
  test.each([
    ["has expired", () => issue({ nowMs: Date.now() - 250 * DAY_MS }), "time"],
    ["is not valid yet", () => issue({ nowMs: later }), "time"],
    ["is an authority's", () => ca, "purpose"],
    ["names another issuer's chain", () => withForeignIssuer(), "chain"],
    ["has an issuer whose key TLS finds too short", () => withShortIssuer(), "key"],
  ] as const)("that %s is shown to be, and not applied", async (_name, make, name) => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY);
    const own = await site.client.fingerprint();
    const { certificatePem, privateKeyPem } = make();
    const file = pfx(certificatePem, privateKeyPem);
    const { checks } = localCertificateJudgement.parse((await upload(site, file, false)).json);
    expect(checks).toContainEqual(expect.objectContaining({ name, status: "failed" }));
    expect(await upload(site, file, true)).toMatchObject({
      status: 400,
      json: { error: { code: "CertificateUnusable" } },
    });
    expect(await site.client.fingerprint()).toBe(own);
  });

  test("in a file of many iterations is opened beside the event loop, or given up at the limit", async () => {
    const { certificatePem, privateKeyPem } = issue();
    const der = Buffer.from(pfx(certificatePem, privateKeyPem, 50_000), "base64");
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 1);
    const opened = await openPkcs12({ der, password: PASSWORD });
    clearInterval(counting);
    expect(opened.privateKeyPem).toBe(privateKeyPem);
    expect(turns).toBeGreaterThan(10);

    await expect(openPkcs12({ der, password: PASSWORD }, 10)).rejects.toMatchObject({
      code: "CertificateUnusable",
      detail: "PKCS#12: not open after 0.01 seconds",
    });
  });

  test("in a file with too many iterations is reported", async () => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY);
    const { certificatePem, privateKeyPem } = issue();
    const answer = await upload(site, pfx(certificatePem, privateKeyPem, 600_001), false);
    const detail = "PKCS#12: asks for 600001 iterations of its password, more than 600000";
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { code: "CertificateUnusable", detail } },
    });
  });

  test("in a malformed file, or with a wrong password, is reported", async () => {
    await using site = await createUiWorld();
    await site.client.signIn(PASSKEY);
    const { certificatePem, privateKeyPem } = issue();
    const file = pfx(certificatePem, privateKeyPem);
    for (const answer of [await upload(site, "AAAA", false), await upload(site, file, false, "no")])
      expect(answer).toMatchObject({
        status: 400,
        json: {
          error: { code: "CertificateUnusable", detail: expect.stringContaining("PKCS#12") },
        },
      });
  });
});

const at = (name: string) => join(folder.path, `short-${name}`);
const openssl = (...parameters: readonly string[]) => {
  execFileSync("openssl", parameters, { stdio: "ignore" });
};

function withShortIssuer(): CertificateWithKey {
  const made = (name: string, bits: number) =>
    ["-newkey", `rsa:${String(bits)}`, "-nodes", "-keyout", at(`${name}.key`)].concat([
      "-subj",
      `/CN=${name}`,
      "-out",
      at(`${name}.pem`),
    ]);
  openssl("req", "-x509", ...made("issuer", 1024), "-days", "30");
  openssl("req", "-new", ...made("request", 2048));
  writeFileSync(at("names"), "subjectAltName=DNS:appliance.contoso.example\n");
  const issuer = ["-CA", at("issuer.pem"), "-CAkey", at("issuer.key"), "-extfile", at("names")];
  const request = ["x509", "-req", "-in", at("request.pem"), "-days", "30"];
  openssl(...request, ...issuer, "-out", at("own.pem"));
  const text = (name: string) => readFileSync(at(name), "utf8");
  return {
    certificatePem: text("own.pem") + text("issuer.pem"),
    privateKeyPem: text("request.key"),
  };
}

function withForeignIssuer(): CertificateWithKey {
  const other = createCertificateAuthority({ commonName: "Contoso", validityDays: 300 });
  const { certificatePem, privateKeyPem } = issue();
  const [own = ""] = certificatePem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----\n/g) ?? [];
  return { certificatePem: own + other.certificatePem, privateKeyPem };
}

test("a certificate file without its key stops the start, and says how to go on", async () => {
  await using site = await createUiWorld();
  const path = join(site.world.stateDir, "ui-certificate.pem");
  writeFileSync(path, readFileSync(path, "utf8").replace(/-----BEGIN PRIVATE[^]+/, ""));
  await expect(site.restart()).rejects.toMatchObject({ code: "AgentStateUnreadable" });
  rmSync(path);
  await site.restart();
  expect((await site.client.get("/api/state")).status).toBe(200);
});
