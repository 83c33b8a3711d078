import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { loadAuthority } from "@databox-cmk/azure-emulator";
import { issueServerCertificate } from "@databox-cmk/crypto";

import type { DrillStack } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";
import { until } from "./until.ts";

/** Checks the certificate that new connections get. */
const EXPIRES = `curl -sS --output /dev/null --write-out '%{certs}' "$BROKER/healthz" | openssl x509 -noout -checkend $((14 * 24 * 3600))`;

export const certificate: Drill = {
  title: "Renew the TLS certificate",
  when: "[CertificateExpiresSoon](#certificateexpiressoon) fires, or the private key may have been copied. With cert-manager, find out why it did not renew (`kubectl describe certificate databox-broker`); the rest happens by itself.",
  undo: "Put the former files back, in the same way.",
  run: async (drill) => {
    const { brokerEnvironment } = drill.world.stack;
    const served = {
      certificate: brokerEnvironment["BROKER_TLS_CERTIFICATE_FILE"] ?? "",
      key: brokerEnvironment["BROKER_TLS_KEY_FILE"] ?? "",
    };
    const { node } = await drill.deliver("renewed");
    await drill.step("*The served certificate expires within two weeks.*", async () => {
      issue(drill, 10, served);
      hangUp(drill);
      await until(drill, `! ( ${EXPIRES} )`);
    });
    await drill.type(EXPIRES, { exitCode: 1 });
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await drill.step(
      "Let your authority issue a new certificate with a new private key, for the host of `BROKER_URL`.",
      async () => {
        issue(drill, 89, {
          certificate: join(drill.shell.folder, "new.pem"),
          key: join(drill.shell.folder, "new-key.pem"),
        });
        await Promise.resolve();
      },
    );
    await drill.step(
      "Replace both files on each replica. Until they fit each other, the broker keeps the former certificate.",
    );
    await drill.type('install -m 600 new-key.pem "$BROKER_TLS_KEY_FILE" && shred -u new-key.pem');
    await drill.type('cp new.pem "$BROKER_TLS_CERTIFICATE_FILE"');
    await drill.step(
      "Send `SIGHUP` to `broker serve` (`systemctl reload` or `kill -HUP`), or wait ten seconds. Open connections stay.",
      async () => {
        hangUp(drill);
        await until(drill, EXPIRES);
      },
    );
    await drill.step(
      "Check: new connections get the new certificate, the doctor finds no problem, and an appliance talks to the broker.",
    );
    await drill.type(EXPIRES);
    await drill.type("broker doctor", { show: "last line" });
    await drill.typeAt(node, "databox-agent lock", { show: "first line" });
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};

type Files = { readonly certificate: string; readonly key: string };

/** Issues one by the stack's own authority. */
function issue({ world: { stack } }: DrillStack, validityDays: number, files: Files): void {
  const { certificatePem, privateKeyPem } = issueServerCertificate({
    ca: loadAuthority(stack.description.caFile),
    commonName: "broker.localhost",
    dnsNames: ["broker.localhost", "localhost"],
    ipAddresses: ["127.0.0.1"],
    validityDays,
  });
  writeFileSync(files.key, privateKeyPem, { mode: 0o600 });
  writeFileSync(files.certificate, certificatePem);
}

function hangUp({ world: { stack } }: DrillStack): void {
  process.kill(stack.broker().pid, "SIGHUP");
}
