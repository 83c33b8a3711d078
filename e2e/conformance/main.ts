import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

import { envelopeExport, unlockPolicyView } from "@databox-cmk/protocol";
import { createHttpsTransport } from "@databox-cmk/testkit";
import * as z from "zod";

import { readStack } from "../harness/read-stack.ts";

/*
 * Acts for `npm run conformance -- broker --acts`, on a local stack: `main.ts STACK-FILE ACT
 * ORDER`, with the approval's id, the challenge or the seconds as standard input. The process that
 * started the broker may do acts too: it listens on the socket CONFORMANCE_DESK.
 */
const API = "api-version=2025-07-01";
const [stackFile = "", act = "", order = ""] = process.argv.slice(2);
const stack = readStack(stackFile);
const given = (await text(process.stdin)).trim();

type Answer = { readonly status: number; readonly json: Record<string, unknown> };

async function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Answer> {
  const { origin, pathname, search } = new URL(url);
  const certificateAuthorityPem = readFileSync(stack.caFile, "utf8");
  const transport = createHttpsTransport({ origin, certificateAuthorityPem });
  const answer = await transport.send(method, `${pathname}${search}`, { headers, body });
  transport.close();
  const json: unknown = answer.text === "" ? {} : JSON.parse(answer.text);
  if (typeof json !== "object" || json === null) throw new Error(answer.text);
  return { status: answer.status, json: { ...json } };
}

async function tokenOf(role: string): Promise<string> {
  const client = stack.clients.find((each) => each.role === role);
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: client?.clientId ?? "",
    client_secret: client?.clientSecret ?? "",
    scope: `${stack.armUrl}/.default`,
  });
  const url = `${stack.authorityUrl}/${stack.tenantId}/oauth2/v2.0/token`;
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const { json } = await send(url, "POST", type, form.toString());
  return String(json["access_token"]);
}

async function call(role: string, method: string, url: string, body?: object): Promise<Answer> {
  const authorization = `Bearer ${await tokenOf(role)}`;
  const headers = { authorization, "content-type": "application/json" };
  return send(url, method, headers, body === undefined ? undefined : JSON.stringify(body));
}

async function mustSucceed(answer: Promise<Answer>): Promise<Answer["json"]> {
  const { status, json } = await answer;
  if (status >= 300) throw new Error(`${String(status)} ${JSON.stringify(json)}`);
  return json;
}

const own = (method: string, path: string, body?: object) =>
  call("Owner", method, `${stack.armUrl}${order}/${path}?${API}`, body);
const post = (path: string, body: object = {}) => mustSucceed(own("POST", path, body));
async function operate(...events: readonly string[]): Promise<void> {
  for (const event of events) {
    const url = `${stack.brokerUrl}/operator/v1${order}/${event}`;
    await mustSucceed(call("Datacenter Operator", "POST", url, {}));
  }
}

const NOT_OFFERED = 77;
/** Longer times pass only in the process of the broker, which puts its clock ahead. */
const LONGEST_WAIT_SECONDS = 300;

/** Asks the process that started the broker: POST /{act}, with the standard input. */
async function askDesk(socketPath: string | undefined): Promise<void> {
  if (socketPath === undefined) process.exit(NOT_OFFERED);
  const asked = request({ socketPath, method: "POST", path: `/${act}` }).end(given);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  asked.on("response", resolve).on("error", reject);
  const answer = await promise;
  const said = await text(answer);
  if (answer.statusCode !== 200) throw new Error(said);
}

/** Changes the release terms of the order's policy. */
async function putRelease(change: object): Promise<void> {
  const policy = unlockPolicyView.parse(await mustSucceed(own("GET", "unlockPolicy")));
  const release = { ...policy.release, ...change };
  await mustSucceed(own("PUT", "unlockPolicy", { ...policy, release }));
}

/** A window of one minute, on the day before yesterday's weekday. */
function closedWindow() {
  const day = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: "UTC" });
  const days = [day.format(Date.now() - 2 * 86_400_000)];
  return { days, from: "00:00", to: "00:01", timeZone: "UTC" };
}

const desk = process.env["CONFORMANCE_DESK"];
const carried = z.object({
  answer: z.string().optional(),
  error: z
    .object({
      additionalInfo: z.array(
        z.object({
          type: z.string(),
          info: z.looseObject({ answer: z.string().optional() }).optional(),
        }),
      ),
    })
    .optional(),
});
const reason = "conformance";
const ACTS: Readonly<Record<string, () => Promise<unknown>>> = {
  deliver: () => operate("dispatch", "deliver"),
  return: () => operate("pickUp", "receive"),
  complete: () => operate("startCopy", "complete"),
  fill: () => operate("startCopy"),
  async export() {
    const { value } = envelopeExport.parse(await mustSucceed(own("GET", "envelopes")));
    console.log(JSON.stringify(value));
  },
  revoke: () => post("revoke", { reason }),
  restore: () => post("restoreAccess"),
  drill: () => post("revocationDrill"),
  approve: () => post(`approvals/${given}/approve`, { reason }),
  reject: () => post(`approvals/${given}/reject`, { reason }),
  async "require-approval"() {
    const [, claims = ""] = (await tokenOf("Owner")).split(".");
    const { oid } = z
      .object({ oid: z.string() })
      .parse(JSON.parse(Buffer.from(claims, "base64url").toString()));
    await putRelease({ approvals: { required: 1, approvers: [oid], expiresAfterSeconds: 3600 } });
  },
  "close-window": () => putRelease({ windows: [closedWindow()] }),
  "open-window": () => putRelease({ windows: [] }),
  rotate: () => askDesk(desk),
  pass: () =>
    desk === undefined && Number(given) <= LONGEST_WAIT_SECONDS
      ? setTimeout(Number(given) * 1000)
      : askDesk(desk),
  async carry() {
    const { json } = await own("POST", "offlineUnlocks", { challenge: given });
    const { answer, error } = carried.parse(json);
    const denied = error?.additionalInfo.find(({ type }) => type === "OfflineAnswer");
    console.log(answer ?? denied?.info?.answer ?? JSON.stringify(json));
  },
};
const chosen = ACTS[act];
if (chosen === undefined) throw new Error(`no act ${act}`);
await chosen();
