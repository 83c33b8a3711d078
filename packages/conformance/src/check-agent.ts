import {
  type CertificateWithKey,
  createCertificateAuthority,
  issueServerCertificate,
} from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE } from "@databox-cmk/protocol";
import { createFakeBroker, type WireAnswer } from "@databox-cmk/testkit";

import {
  type AgentUnderTest,
  type AgentWorld,
  answerAt,
  forgeGrants,
  unlessOutcome,
  unlessPrepared,
  unlessReceiptFits,
  unlessUnlocked,
  unlessWithstood,
} from "./agent/agent-world.ts";
import { checkAnswers } from "./agent/check-answers.ts";
import { checkErasing } from "./agent/check-erasing.ts";
import { checkPurposes } from "./agent/check-purposes.ts";
import { checkRekeying } from "./agent/check-rekeying.ts";
import { checkServing } from "./agent/check-serving.ts";
import { checkSplit } from "./agent/check-split.ts";
import { checkWaiting } from "./agent/check-waiting.ts";
import { FORGED_DENIALS, REFUSAL_CODE } from "./forged-denials.ts";
import { FORGED_GRANTS } from "./forged-grants.ts";
import { contentOf } from "./forgery.ts";
import { MALFORMED_GRANTS, UNUSUAL_GRANTS } from "./malformed-grants.ts";
import { attempt, END_OF_PART, type Result, type Say } from "./result.ts";

const SERIAL = "DBX-CONFORMANCE";
/** The cases of these do not depend on each other. */
const COMPLETE = new Set([
  "exchange",
  "denial",
  "forged denial",
  "unsigned answer",
  "TLS",
  "malformed grant",
  "unusual grant",
  "forged grant",
]);
const JOSE = { "content-type": JOSE_MEDIA_TYPE };

/** Answers without a signature. An agent must treat each one as "unreachable". */
export const UNSIGNED_ANSWERS = {
  "a captive portal's 403": () => html(403),
  "a captive portal's 200": () => html(200),
  "an error of a gateway that looks like the service's": () => ({
    status: 403,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: { code: REFUSAL_CODE, message: "The key is disabled." } }),
  }),
  "an empty message": () => ({ status: 200, headers: JOSE, body: "" }),
} as const satisfies Record<string, () => WireAnswer>;

const html = (status: number): WireAnswer => ({
  status,
  headers: { "content-type": "text/html" },
  body: "<h1>Sign in</h1>",
});

export type HowToCheck = {
  readonly say?: Say;
  /** A part that the agent plays ends at its first failure, since later cases may wait for long. */
  readonly endsParts?: boolean;
  /** The names of the cases that are run; absent: each. */
  readonly only?: ReadonlySet<string>;
};

/**
 * Plays the broker for an agent: enrolment, unlocks, receipts and messages with unknown extensions,
 * every malformed and forged grant, forged denial and unsigned answer, and the parts that the agent
 * plays. Stops if the node cannot be prepared.
 */
export async function checkAgent(
  agent: AgentUnderTest,
  { say, endsParts = false, only }: HowToCheck = {},
): Promise<readonly Result[]> {
  const authority = createCertificateAuthority({ commonName: "the broker's", validityDays: 2 });
  await using broker = await createFakeBroker({ certificateAuthority: authority });
  const node = await broker.addNode(SERIAL);
  const results: Result[] = [];
  const run = async (suite: string, name: string, work: () => Promise<string | undefined>) => {
    const whole = `agent: ${suite}`;
    const hasFailed = results.some((each) => each.suite === whole && each.fault !== undefined);
    if (only?.has(name) === false) return;
    if (endsParts && hasFailed && !COMPLETE.has(suite)) {
      const isSaid = results.some((each) => each.suite === whole && each.notChecked !== undefined);
      if (!isSaid) results.push(await attempt(whole, ...END_OF_PART, say));
      return;
    }
    results.push(await attempt(whole, name, work, say));
    broker.intercept = undefined;
    broker.refusal = undefined;
    broker.stagePurpose = undefined;
    broker.expireChallenges = 0;
    broker.extensions = undefined;
  };
  await run("exchange", "enrols and prepares the node", async () => {
    const fault = await unlessPrepared(agent, broker, node);
    if (fault !== undefined) return fault;
    const isSent = broker.receipts.at(-1)?.outcome === "prepared";
    return isSent ? unlessReceiptFits(broker) : "sent no receipt of it";
  });
  if (results.some(({ fault }) => fault !== undefined)) return results;
  const unlocks = () => unlessUnlocked(() => agent.unlock(), broker);
  await run("exchange", "unlocks", unlocks);
  await run("exchange", "unlocks again, with fresh nonce, counter and key", async () => {
    const fault = await unlocks();
    const [before, after] = broker.unlockRequests.slice(-2);
    if (before?.nonce === after?.nonce) return "used a nonce twice";
    if (before?.hpke.publicKey === after?.hpke.publicKey) return "used a one-use key twice";
    return fault;
  });
  await run("exchange", "ignores extensions of a newer broker", () => {
    broker.extensions = { "a-newer-version": { of: "the broker" } };
    return unlocks();
  });
  await run("exchange", "keeps a new generation of its envelope, and names it", async () => {
    await broker.rewrap(SERIAL);
    const fault = (await unlocks()) ?? (await unlocks());
    const named = broker.unlockRequests.at(-1)?.generation;
    return fault ?? (named === node.generation ? undefined : `named generation ${String(named)}`);
  });
  await run("denial", "refuses for a denial that the broker signed", async () => {
    broker.refusal = { code: REFUSAL_CODE };
    return unlessOutcome(await agent.unlock(), "refused", REFUSAL_CODE);
  });
  await run("denial", "waits outside the release windows: ReleaseWindowClosed", async () => {
    broker.refusal = { code: "ReleaseWindowClosed" };
    return unlessOutcome(await agent.unlock(), "pending", "ReleaseWindowClosed");
  });
  await run("denial", "takes a limit of the broker for no refusal: RateLimited", async () => {
    broker.refusal = { code: "RateLimited" };
    return expectUnreachable(agent);
  });
  await run("denial", "asks with another nonce when its own has expired", async () => {
    const nonces: unknown[] = [];
    answerAt(broker, DEVICE_ROUTES.unlocks, ({ request, answer }) => {
      nonces.push(contentOf(request)["nonce"]);
      return answer;
    });
    broker.expireChallenges = 1;
    const { outcome, code } = await agent.unlock();
    // It asks again at once, or reports the denial and asks again at the next unlock.
    if (outcome !== "unlocked") {
      const fault = code === "NonceExpired" ? await unlocks() : `said ${outcome} ${code ?? ""}`;
      if (fault !== undefined) return fault;
    }
    const isOther = nonces.length > 1 && new Set(nonces).size === nonces.length;
    return isOther ? undefined : "used no other nonce";
  });
  await run("denial", "does not open for the purpose of another stage", async () => {
    broker.stagePurpose = "ingest";
    const { outcome, code } = await agent.unlock();
    // It may ask again, for the purpose that the denial names.
    if (outcome === "unlocked" && broker.unlockRequests.at(-1)?.purpose === "ingest")
      return undefined;
    return code === "PurposeForbidden" ? undefined : `said ${outcome} ${code ?? ""}`;
  });
  for (const [name, forge] of Object.entries(FORGED_DENIALS))
    await run("forged denial", name, async () => {
      answerAt(broker, DEVICE_ROUTES.unlocks, async ({ request }) => ({
        status: 403,
        headers: JOSE,
        body: await forge({ broker, request }),
      }));
      return expectUnreachable(agent);
    });
  for (const [name, make] of Object.entries(UNSIGNED_ANSWERS))
    await run("unsigned answer", name, async () => {
      answerAt(broker, DEVICE_ROUTES.unlocks, make);
      return expectUnreachable(agent);
    });
  for (const [name, certificate] of Object.entries(foreignCertificates(authority))) {
    await run("TLS", name, async () => {
      broker.useCertificate(certificate);
      const before = broker.requests.length;
      const fault = await expectUnreachable(agent);
      return broker.requests.length === before ? fault : "sent it a request";
    });
    broker.useCertificate();
  }
  for (const [name, forge] of Object.entries(MALFORMED_GRANTS))
    await run("malformed grant", name, async () => {
      forgeGrants(broker, SERIAL, forge);
      const { outcome } = await agent.unlock();
      return outcome === "unlocked" || outcome === "refused" ? `said ${outcome}` : undefined;
    });
  for (const [name, forge] of Object.entries(UNUSUAL_GRANTS))
    await run("unusual grant", name, () => {
      forgeGrants(broker, SERIAL, forge);
      return unlocks();
    });
  for (const [name, forge] of Object.entries(FORGED_GRANTS))
    await run("forged grant", name, () =>
      unlessWithstood({ broker, serial: SERIAL, agent }, forge),
    );
  const world: AgentWorld = { broker, serial: SERIAL, agent, unlocks, run };
  const { unlockFor, another, rekey, carried, serve, erase } = agent;
  const parts = {
    purpose: unlockFor && (() => checkPurposes(world, unlockFor)),
    approval: agent.waits === true ? () => checkWaiting(world) : undefined,
    carried: carried && (() => checkAnswers(world, carried)),
    rekeying: rekey && (() => checkRekeying(world, rekey)),
    "split custody": another && (() => checkSplit(world, another)),
    "lease, journal and broker keys": serve && (() => checkServing(world, serve)),
    // The last one: no part can use the node after it.
    erasure: erase && (() => checkErasing(world, erase)),
  };
  for (const [part, check] of Object.entries(parts))
    if (check !== undefined) await check();
    else
      results.push({
        suite: `agent: ${part}`,
        name: part,
        notChecked: "the agent does not play it",
      });
  return results;
}

/** Certificates of servers that an agent must not talk to. */
function foreignCertificates(ca: CertificateWithKey): Record<string, CertificateWithKey> {
  const stranger = createCertificateAuthority({ commonName: "a stranger's", validityDays: 2 });
  const facts = { commonName: "server", validityDays: 2 };
  const [own, other] = [["broker.localhost"], ["another.localhost"]];
  return {
    "a certificate of another authority": issueServerCertificate({
      ...facts,
      ca: stranger,
      dnsNames: own,
    }),
    "a certificate for another name": issueServerCertificate({ ...facts, ca, dnsNames: other }),
  };
}

async function expectUnreachable(agent: AgentUnderTest): Promise<string | undefined> {
  return unlessOutcome(await agent.unlock(), "unreachable");
}
