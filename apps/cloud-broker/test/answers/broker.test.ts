// @module-tag one-engine

import type { PipelineRequest } from "@azure/core-rest-pipeline";
import {
  ERROR_CODES,
  type ErrorRow,
  ERRORS,
  explain,
  isErrorCode,
  withoutUndefined,
} from "@databox-cmk/errors";
import { keyHealthView, type Lease, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { type DeviceClient, LeaseClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { createAzure } from "../../src/azure/create-azure.ts";
import { failed } from "../../src/core/failed.ts";
import type { Outcome } from "../../src/core/ports.ts";
import { fakeVaultId } from "../azure/fake-key-vaults.ts";
import { CUSTOMER_KEY, VAULT_NAME } from "../world/customer-vault.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { answersOf, type KindOfAnswer } from "./answers.ts";
import {
  CONFIG,
  errorOf,
  type Fault,
  healthy,
  healthyOf,
  type Kind,
  openAzureInMemory,
  responseOf,
} from "./calls.ts";
import { openDeliveries } from "./deliver.ts";
import { judgeName } from "./properties.ts";
import { answerOf, randomOf } from "./run-cases.ts";

/**
 * Answers of Azure to the whole broker: one order at one vault meets them, another one at another
 * vault does not. `BROKER_ANSWERS=7 npm test -- answers/broker` runs another sample,
 * `BROKER_ANSWERS=all` everything, and `BROKER_ANSWERS='vault.get 503'` all with these words.
 */
// oxlint-disable-next-line node/no-process-env -- chosen by the person who runs it
const { BROKER_ANSWERS = "1" } = process.env;
const SAMPLE = 25;
/** Found by a run of everything. */
const FOUND: ReadonlySet<string> = new Set([
  "vault.unwrap 400 BadParameter Error occurred while decoding OAEP padding. always",
]);
const LONG = { timeout: 24 * 3_600_000 };
/** The calls of an unlock. */
const KINDS = [
  "vault.challenge",
  "entra.discovery",
  "entra.token",
  "vault.get",
  "vault.unwrap",
] as const satisfies readonly Kind[];
const OTHER_VAULT = "kv-two";

type Case = { readonly kind: Kind; readonly answer: KindOfAnswer; readonly times: number };
const nameOf = ({ kind, answer, times }: Case): string =>
  `${kind} ${answer.name} ${times === 1 ? "once" : "always"}`;
const all: readonly Case[] = KINDS.flatMap((kind) =>
  [...answersOf(kind, healthyOf(kind))]
    // Silence takes its time here.
    .filter(({ delivery }) => delivery !== "silent")
    .flatMap((answer) => [1, 99].map((times) => ({ kind, answer, times }))),
);

function chosen(): readonly Case[] {
  if (BROKER_ANSWERS === "all") return all;
  if (!/^\d+$/.test(BROKER_ANSWERS))
    return all.filter((each) =>
      BROKER_ANSWERS.split(" ").every((word) => nameOf(each).includes(word)),
    );
  const random = randomOf(Number(BROKER_ANSWERS));
  return [
    ...all.filter((each) => FOUND.has(nameOf(each))),
    ...Array.from({ length: SAMPLE }, () => all[random(all.length)]),
  ].filter((each) => each !== undefined);
}

let world: BrokerWorld;
let deliveries: Awaited<ReturnType<typeof openDeliveries>>;
let azureState: ReturnType<typeof openAzureInMemory>["state"];
let device: DeviceClient;
let elsewhere: DeviceClient;
const closing: (() => void)[] = [];

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  deliveries = await openDeliveries();
  const { state, httpClient } = openAzureInMemory();
  azureState = state;
  world = await openBroker({
    replicas: 1,
    settings: { KEY_HEALTH_PER_VAULT_PER_MINUTE: "1000" },
    openAzure: (deps) => {
      const azure = createAzure(CONFIG, {
        ...deps,
        extraCaPem: undefined,
        httpClient,
        random: () => 0,
        sleep: () => Promise.resolve(),
      });
      closing.push(() => azure.close());
      return azure;
    },
  });
  vi.setSystemTime(world.clock.nowMs);
  device = await world.delivered("faulted");
  elsewhere = await world.delivered("elsewhere");
  const changed = await world.call("PATCH", `${jobPath("elsewhere")}?${API}`, {
    body: {
      properties: {
        details: {
          keyEncryptionKey: {
            ...CUSTOMER_KEY,
            kekUrl: `https://${OTHER_VAULT}.vault.test/keys/key1/`,
            kekVaultResourceID: fakeVaultId(OTHER_VAULT),
            identityProperties: { type: "SystemAssigned" },
          },
        },
      },
    },
  });
  expect(changed.status).toBe(202);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  deliveries.close();
  vi.useRealTimers();
  for (const close of closing) close();
});

/** All that was said to people: refusals of appliances, their diagnostics, and key health. */
let printed: string[] = [];
const holesOf = (text: string): readonly string[] =>
  Array.from(text.matchAll(/<([a-z]+[A-Z]\w*)>/g), ([, name = ""]) => name);

/** @returns a failure without a code, for an answer that the broker did not sign */
async function unlock(node: DeviceClient): Promise<Outcome<Lease> | undefined> {
  const { answer } = await node.unlock("unlock");
  printed.push(JSON.stringify(answer));
  if (answer.kind === "answer") return { ok: true, value: answer.value.lease };
  if (answer.kind !== "denial") return undefined;
  const { code, reason, retryAfterSeconds, correlationId } = answer.value;
  const job = node === device ? "faulted" : "elsewhere";
  const told = await world.call("GET", `${jobPath(job)}/diagnostics/${correlationId}?${API}`);
  expect(told.status).toBe(200);
  printed.push(JSON.stringify(told.json));
  return isErrorCode(code)
    ? failed({ code, ...withoutUndefined({ reason, retryAfterSeconds }) })
    : undefined;
}
async function healthOf(job: string) {
  const checked = await world.call("POST", `${jobPath(job)}/keyHealth/check?${API}`);
  expect(checked.status).toBe(200);
  printed.push(JSON.stringify(checked.json));
  return keyHealthView.parse(checked.json);
}
/** Without the database, which is late on a busy machine, and has nothing from Azure. */
const isReady = async () => {
  const { json } = await world.call("GET", "/readyz", { claims: "none" });
  return json.clock === "ok" && json.places === undefined;
};

/** A vault that refuses each token is asked for its challenge again. */
async function forgetChallenge(): Promise<void> {
  const refused = { ...healthyOf("vault.challenge"), body: errorOf("Unauthorized") };
  const answer: Fault["answer"] = (request) => Promise.resolve(responseOf(request, refused));
  azureState.faults = [{ kind: "vault.get", times: 99, answer }];
  await unlock(device);
  await world.broker().idle();
}

async function problemsOf(each: Case): Promise<readonly string[]> {
  const { kind, answer, times } = each;
  const isOfVault = kind.startsWith("vault.");
  // The date of Entra's answers counts: this broker must take its own clock for wrong.
  const isOfTime = !isOfVault && Number.isFinite(Date.parse(answer.headers["date"] ?? ""));
  const problems: string[] = [];
  const before = await LeaseClient.unlock(device);
  // The tokens of an order are kept for a minute, by Azure's libraries too.
  world.clock.nowMs += 61_000;
  vi.setSystemTime(world.clock.nowMs);
  printed = [];
  if (kind === "vault.challenge") await forgetChallenge();
  let met = 0;
  const fault: Fault = {
    kind,
    times,
    isOf: ({ url }: PipelineRequest) => !isOfVault || url.startsWith(`https://${VAULT_NAME}.`),
    answer(request) {
      met += 1;
      return answerOf(request, answer, deliveries);
    },
  };
  azureState.faults = [fault];
  const outcome = await unlock(device);
  if (outcome === undefined) problems.push("the broker signs no answer");
  else if (met === 0) problems.push("the answer was never met");
  // A right answer with a wrong date is one of the date.
  else if (!isOfTime || answer.meaning !== "right")
    problems.push(...judgeName({ kind, answer, isLasting: times > 1 }, outcome));
  if (isOfVault && (await unlock(elsewhere))?.ok !== true)
    problems.push("another vault is cut off");
  const health = await healthOf("faulted");
  await world.broker().probe();
  // An unlock ends the lease before it.
  const holder = outcome?.ok === true ? new LeaseClient(device, outcome.value) : before;
  const renewed = await holder.renew();
  const isRefused = health.state === "Unusable";
  if (isRefused && outcome?.ok === true && times > 1) problems.push("health refuses what opens");
  if (
    renewed.typ !== MESSAGE_TYPES.lease &&
    answer.meaning !== "refuses" &&
    answer.meaning !== "open" &&
    !isOfTime
  )
    problems.push(`the lease ends by ${JSON.stringify(renewed.payload)}`);
  if ((await isReady()) === (isOfTime && met > 0))
    problems.push(isOfTime ? "ready" : "not ready because of it");

  // The vault's own words may look like holes.
  if (!answer.name.includes("holes"))
    for (const hole of holesOf(printed.join("\n"))) problems.push(`<${hole}> is not filled`);

  azureState.faults = [];
  // Every 30 s while it doubts its clock, a broker asks Entra for the date (start-broker.ts).
  if (world.clockWatch.isSuspected()) world.clockWatch.note("azure", world.clock.nowMs);
  const again = await unlock(device);
  if (again?.ok !== true) problems.push(`the next try fails: ${JSON.stringify(again)}`);
  const healed = await healthOf("faulted");
  if (healed.state !== "Healthy") problems.push(`health stays ${JSON.stringify(healed)}`);
  if (!(await isReady())) problems.push("not ready when all is well");
  return problems;
}

test(
  "answers of Azure to one order are named, outlast nothing and reach no other order",
  LONG,
  async () => {
    const cases = chosen();
    expect(cases).not.toEqual([]);
    const problems: string[] = [];
    for (const each of cases) {
      const found = await problemsOf(each).catch((error: unknown) => {
        azureState.faults = [];
        return [String(error)];
      });
      for (const problem of found) problems.push(`${nameOf(each)}: ${problem}`);
    }
    expect(problems).toEqual([]);
  },
);

test.each([
  ["vault.get", { status: 200, json: { status: "ready", clock: "ok" } }],
  ["entra.token", { status: 503, json: { status: "unavailable", clock: "off" } }],
] as const)("/readyz judges our clock by %s's date: %j", async (kind, expected) => {
  const readyz = () => world.call("GET", "/readyz", { claims: "none" });
  world.clock.nowMs += 61_000;
  vi.setSystemTime(world.clock.nowMs);
  const date = new Date(world.clock.nowMs + 86_400_000).toUTCString();
  const answer: Fault["answer"] = (request) => {
    const { headers, ...right } = healthy(request);
    return Promise.resolve(responseOf(request, { ...right, headers: { ...headers, date } }));
  };
  azureState.faults = [{ kind, times: 99, answer }];
  await unlock(device);
  // The database is late on a busy machine.
  await vi.waitFor(async () => expect(await readyz()).toMatchObject(expected));
  azureState.faults = [];
  world.clockWatch.note("azure", world.clock.nowMs);
  expect(await unlock(device)).toMatchObject({ ok: true });
  await vi.waitFor(async () => expect(await readyz()).toMatchObject({ status: 200 }));
});

const CURL = /^curl (--head )?<brokerUrl>(\/\S+)$/;
const curls = ERROR_CODES.flatMap((code) => {
  const { reasons = {} }: ErrorRow = ERRORS[code];
  return ["", ...Object.keys(reasons)].flatMap((reason) => explain(code, { reason }).steps);
}).flatMap(({ command = "" }) => (command.startsWith("curl ") ? command : []));

test.each([...new Set(curls)])("%s, as a step prints it, is answered", async (command) => {
  const [, head, path = ""] = CURL.exec(command) ?? [];
  const method = head === undefined ? "GET" : "HEAD";
  expect(await world.call(method, path, { claims: "none" })).toMatchObject({ status: 200 });
});
