import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  type CertificateWithKey,
  createCertificateAuthority,
  issueServerCertificate,
} from "@databox-cmk/crypto";
import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import { createDeviceEmulator, type DeviceEmulator } from "@databox-cmk/device-emulator";
import { createFakeBroker } from "@databox-cmk/testkit";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { requireOk } from "../harness/nodes.ts";
import { button } from "./harness/controls.ts";
import { runsBrowser } from "./harness/engines.ts";
import { region, signInNode } from "./harness/node-page.ts";
import { openBrowser, type StackBrowser } from "./harness/open-browser.ts";
import type { Visit } from "./harness/visit.ts";

const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

const SERIAL = "DBX-UI-CERT";
const PASSKEY = "Right-Passkey-2345!";
const PASSWORD = "of the file";

const inUse = (page: Page) => region(page, "Certificate of this page");
const judgement = (page: Page) => region(page, "Check results");

describe.runIf(runsBrowser)("the settings of a signed-in user", () => {
  const opened = new AsyncDisposableStack();
  let folder: string;
  let appliance: DeviceEmulator;
  let uiUrl: string;
  let browser: StackBrowser;
  let authority: CertificateWithKey;

  beforeAll(async () => {
    folder = opened.use(openTemporaryFolder()).path;
    const broker = opened.use(await createFakeBroker());
    appliance = createDeviceEmulator({
      directory: join(folder, "appliance"),
      agentCommand: agentCommand(AGENT_BUNDLE),
      sku: "DataBox",
      serials: [SERIAL],
    });
    opened.defer(() => appliance.powerOff());
    const unlockKey = new TextEncoder().encode(PASSKEY);
    const { enrolmentCode } = await broker.addNode(SERIAL, { unlockKey });
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, broker.certificateAuthorityPem);
    const node = appliance.node(SERIAL);
    appliance.powerOn();
    const connection = { brokerUrl: broker.url, order: broker.order, caFile };
    requireOk(await node.prepare(connection, enrolmentCode));
    ({ uiUrl } = await node.serve());
    const nowhere = { portalUrl: uiUrl, brokerUrl: uiUrl, authorityUrl: uiUrl };
    browser = opened.use(await openBrowser(nowhere, "local-ui-certificates"));
    authority = createCertificateAuthority({ commonName: "Contoso", validityDays: 300 });
  });
  afterAll(() => opened.disposeAsync());

  /** A certificate as a person brings it: a .pfx file, made by openssl. */
  const pfx = ({ certificatePem, privateKeyPem }: CertificateWithKey) => {
    const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
    writeFileSync(certificate, certificatePem);
    writeFileSync(key, privateKeyPem);
    const parameters = ["pkcs12", "-export", "-in", certificate, "-inkey", key];
    const buffer = execFileSync("openssl", [...parameters, "-passout", `pass:${PASSWORD}`]);
    return { name: "appliance.pfx", mimeType: "application/x-pkcs12", buffer };
  };
  const issue = (validityDays: number) =>
    issueServerCertificate({
      ca: authority,
      commonName: "appliance.contoso.example",
      dnsNames: ["appliance.contoso.example"],
      ipAddresses: ["127.0.0.1"],
      validityDays,
    });
  const signIn = async (path: string): Promise<Visit> => {
    const visit = await browser.openNode(`${uiUrl}${path}`);
    await signInNode(visit.page, PASSKEY);
    return visit;
  };
  const choose = async (page: Page, certificate: CertificateWithKey, password = PASSWORD) => {
    await page.locator('input[type="file"]').setInputFiles(pfx(certificate));
    await page.getByLabel("File password").fill(password);
  };

  test("a certificate is checked, used from the next connection on, and removed again", async () => {
    const visit = await signIn("/certificates");
    const { page } = visit;
    await inUse(page).getByText("The appliance itself").waitFor();
    const brought = issue(60);
    await choose(page, brought);
    await button(page, "Check").click();
    await judgement(page).getByText("It can be used.").waitFor();
    expect(await judgement(page).getByLabel("passed").count()).toBe(6);
    await visit.picture("certificate-checked");
    expect(await visit.violations()).toEqual([]);
    await button(page, "Check and use").click();
    await page.getByText("The certificate has changed").waitFor();
    await button(page, "Reload the page").click();
    await inUse(page).getByText("You", { exact: true }).waitFor();
    expect(await inUse(page).textContent()).toContain(fingerprintOf(brought.certificatePem));
    await inUse(page).getByText("This certificate expires soon").waitFor();
    await visit.picture("certificate-brought");
    await button(page, "Use the appliance's own").click();
    await button(page, "Remove mine").click();
    await inUse(page).getByText("The appliance itself").waitFor();
    await page.context().close();
  });

  test("an unusable certificate and a wrong password are refused with their reasons", async () => {
    const visit = await signIn("/certificates");
    const { page } = visit;
    await choose(page, issue(60), "another password");
    await button(page, "Check").click();
    await page.getByText("CertificateUnusable").waitFor();
    await choose(page, authority);
    await button(page, "Check").click();
    await judgement(page).getByText("It cannot be used").waitFor();
    expect(await judgement(page).getByLabel("failed").count()).toBeGreaterThan(0);
    expect(await button(page, "Check and use").getAttribute("aria-disabled")).toBe("true");
    await visit.picture("certificate-refused");
    expect(await visit.violations()).toEqual([]);
    await inUse(page).getByText("The appliance itself").waitFor();
    await page.context().close();
  });

  test("shutting down asks first, locks, and the page shows the result", async () => {
    const visit = await signIn("/");
    const { page } = visit;
    await button(page, "Shut down").click();
    await button(page, "Cancel").click();
    expect(appliance.node(SERIAL).isOn).toBe(true);
    await button(page, "Shut down").click();
    await button(page, "Lock and shut down").click();
    await page.getByText("This node is shutting down").waitFor();
    await page.getByText("The appliance does not answer").waitFor();
    expect(appliance.node(SERIAL).isOn).toBe(false);
    await visit.picture("shut-down");
    await page.context().close();
  });
});
