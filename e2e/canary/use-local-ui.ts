import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import * as z from "zod";

import { startAgent } from "../harness/agent-process.ts";
import { type Secret, secretOf } from "./secret.ts";

const MISTYPED = "Mistyped@Passkey#98765";
const POLL_MS = 50;
const DONE_WITHIN_MS = 300_000;
const FILE_PASSWORD = "canary of the certificate's file";
const PRIVATE_KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/;
const serving = z.object({ details: z.object({ uiPort: z.number() }) });
const signedIn = z.object({ csrfToken: z.string() });
const state = z.object({
  operation: z.object({ outcome: z.string() }).optional(),
});

export type UsedLocalUi = {
  /** Everything that a person typed, brought or received there. */
  readonly secrets: readonly Secret[];
  /** All answers of the page's server except the token of the session, and the agent's output. */
  readonly shown: string;
};

/**
 * All that a person does at an appliance's page: a passkey is mistyped, then typed, the volume
 * opened and locked, a certificate brought.
 */
export async function useLocalUi(node: EmulatedNode, passkey: string): Promise<UsedLocalUi> {
  await using agent = startAgent(node, ["serve", "--ui-port", "0", "--ui-host", "127.0.0.1"]);
  const { details } = serving.parse(await agent.event(({ outcome }) => outcome === "serving"));
  const answers: string[] = [];
  const session: Record<string, string> = {};
  const ask = (method: "GET" | "POST", path: string, body?: object) =>
    send(details.uiPort, method, path, session, body);
  const call = async (method: "GET" | "POST", path: string, status: number, body?: object) => {
    const answer = await ask(method, path, body);
    if (answer.status !== status)
      throw new Error(`${path}: ${String(answer.status)} ${answer.body}`);
    answers.push(answer.body);
    return answer;
  };
  const untilDone = async () => {
    for (const endMs = Date.now() + DONE_WITHIN_MS; ; await setTimeout(POLL_MS)) {
      const { body } = await call("GET", "/api/state", 200);
      const { operation } = state.parse(JSON.parse(body));
      if (operation?.outcome === "done") return;
      if (operation?.outcome !== "running" || Date.now() > endMs) throw new Error(body);
    }
  };

  await call("GET", "/api/state", 200);
  await call("POST", "/api/session", 403, { passkey: MISTYPED });
  const entered = await ask("POST", "/api/session", { passkey });
  const { csrfToken } = signedIn.parse(JSON.parse(entered.body));
  const cookie = entered.cookie.split(";", 1)[0] ?? "";
  Object.assign(session, { cookie, "x-csrf-token": csrfToken });
  await call("POST", "/api/unlock/passkey", 202, { passkey });
  await untilDone();
  const pkcs12 = certificateFile();
  await call("POST", "/api/certificate", 400, { pkcs12, password: MISTYPED, apply: false });
  await call("POST", "/api/certificate", 200, { pkcs12, password: FILE_PASSWORD, apply: true });
  await call("GET", "/api/certificate", 200);
  await call("POST", "/api/challenge", 200, {});
  await call("POST", "/api/network-test", 200, {});
  await call("POST", "/api/lock", 202, {});
  await untilDone();
  await call("GET", "/api/journal", 200);
  return {
    shown: [...answers, JSON.stringify(agent.events)].join("\n").replaceAll(csrfToken, ""),
    secrets: [
      secretOf("passkey that was mistyped", MISTYPED),
      secretOf("password of a certificate's file", FILE_PASSWORD),
      secretOf("cookie of the appliance's page", cookie.slice(cookie.indexOf("=") + 1)),
      secretOf("token of the appliance's page", csrfToken),
      ...["ui-certificate.pem", "ui-customer-certificate.pem"].map((name) =>
        secretOf("page's private key", privateNumberOf(join(node.stateDir, name))),
      ),
    ],
  };
}

async function send(
  port: number,
  method: "GET" | "POST",
  path: string,
  headers: Readonly<Record<string, string>>,
  body: object | undefined,
) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly cookie: string;
    readonly body: string;
  }>();
  const outgoing = request(
    {
      host: "127.0.0.1",
      port,
      method,
      path,
      agent: false,
      signal: AbortSignal.timeout(DONE_WITHIN_MS),
      rejectUnauthorized: false, // the appliance's own certificate, and then the customer's
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
    },
    (incoming) => {
      const { statusCode: status = 0, headers: given } = incoming;
      const [cookie = ""] = given["set-cookie"] ?? [];
      resolve(text(incoming).then((read) => ({ status, cookie, body: read })));
    },
  );
  outgoing.on("error", reject);
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

/** Uses openssl, which receives the password in a file. @returns base64 */
function certificateFile(): string {
  using folder = openTemporaryFolder();
  const ca = createCertificateAuthority({ commonName: "Contoso", validityDays: 300 });
  const { certificatePem, privateKeyPem } = issueServerCertificate({
    ca,
    commonName: "appliance.contoso.example",
    dnsNames: ["appliance.contoso.example"],
    ipAddresses: ["127.0.0.1"],
    validityDays: 100,
  });
  const pem = join(folder.path, "certificate.pem");
  writeFileSync(pem, certificatePem + privateKeyPem, { mode: 0o600 });
  const parameters = ["pkcs12", "-export", "-in", pem, "-passout", "stdin"];
  return execFileSync("openssl", parameters, { input: `${FILE_PASSWORD}\n` }).toString("base64");
}

function privateNumberOf(path: string): Uint8Array {
  const [pem = ""] = PRIVATE_KEY.exec(readFileSync(path, "utf8")) ?? [];
  const { d = "" } = createPrivateKey(pem).export({ format: "jwk" });
  return Buffer.from(d, "base64url");
}
