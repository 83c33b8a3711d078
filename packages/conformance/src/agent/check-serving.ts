import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import {
  canonicalJson,
  chainHash,
  generateSigningKey,
  messageHash,
  type SigningKey,
  signMessage,
} from "@databox-cmk/crypto";
import {
  DEVICE_ROUTES,
  JOSE_MEDIA_TYPE,
  leaseRenewal,
  type LeaseRenewal,
  MESSAGE_TYPES,
} from "@databox-cmk/protocol";

import { chooseEnvelope, signEnvelope } from "../chosen-envelope.ts";
import { denialOf, REFUSAL_CODE } from "../forged-denials.ts";
import { contentOf, nodeOf, resign } from "../forgery.ts";
import { type AgentUnderTest, type AgentWorld, answerAt } from "./agent-world.ts";

/** How long a volume stays open without an answer in one of the checks. */
const SHORT_GRACE_SECONDS = 6;
/** An agent renews three times in this time; short, so that the check is. */
const TTL_SECONDS = 3;
const PAUSE_MS = 50;
/** An agent that does nothing for so long does not do it. */
const LIMIT_MS = 300_000;

const stranger = generateSigningKey().key;
const OTHER_LEASE = "00000000-0000-4000-8000-00000000000f";

/** Equal for the same keys, in any order. */
const inOrder = (kids: readonly string[]): string => kids.toSorted().join();

const RENEWAL_PATH = /^\/device\/v1\/leases\/[^/]+\/renewals$/u;
/** Questions about leases and keys; receipts are none. */
const QUESTION_PATH = /^\/device\/v1\/(?:leases\/[^/]+\/(?:renewals|events)|brokerKeys)$/u;

/** An answer to a renewal that the broker did not give. */
type ForgeRelock = (request: string, asked: LeaseRenewal) => Promise<string>;

const forgeRelock =
  (key: SigningKey, change: object = {}): ForgeRelock =>
  (request, { lease, sequence }) =>
    signMessage(key, MESSAGE_TYPES.relock, {
      ...denialOf(messageHash(request)),
      lease,
      sequence,
      ...change,
    });

/** Leases, the journal, and a change of the broker's keys: the part of a daemon. */
export async function checkServing(
  world: AgentWorld,
  serve: NonNullable<AgentUnderTest["serve"]>,
): Promise<void> {
  const { broker, agent, run, unlocks } = world;
  const node = nodeOf(world);
  const { leaseReceipts, renewals, watches, keyRequests } = broker;
  const [former, successor] = broker.keys;
  const hasClosed = () =>
    leaseReceipts.some(
      ({ outcome, lease }) => outcome === "relocked" && lease === renewals.at(-1)?.lease,
    );
  broker.leaseTerms = { ttlSeconds: TTL_SECONDS, outageGraceSeconds: 86_400 };
  await run("lease", "begins with an unlock", unlocks);
  await run("broker keys", "takes no envelope of split custody with them", async () => {
    const { jwe } = await chooseEnvelope(node, "split");
    broker.keyEnvelope = await signEnvelope(broker, node, node.env, jwe);
    {
      await using daemon = await serve();
      void daemon;
      await until(() => keyRequests.length > 0);
      const { length } = renewals;
      await until(() => renewals.length >= length + 2);
    }
    broker.keyEnvelope = undefined;
    const fault = await unlocks();
    return fault === undefined ? undefined : `afterwards: ${fault}`;
  });
  broker.keyEnvelope = undefined;
  const before = { renewals: renewals.length, watches: watches.length };
  {
    await using daemon = await serve();
    void daemon; // Ends when the checks have.
    await run("lease", "renews it, step by step, with a counter that rises", async () => {
      await until(() => renewals.length >= before.renewals + 3);
      return faultOfRenewals(renewals.slice(before.renewals));
    });
    await run("lease", "watches it", async () => {
      await until(() => watches.length > before.watches);
      return undefined;
    });
    const forgeries: Readonly<Record<string, ForgeRelock>> = {
      "signed by a stranger": forgeRelock(stranger),
      "for another lease": forgeRelock(broker.signingKey, { lease: OTHER_LEASE }),
      "for another request": forgeRelock(broker.signingKey, {
        requestHash: messageHash("another"),
      }),
    };
    for (const [name, forge] of Object.entries(forgeries))
      await run("lease", `an order to close ${name} closes nothing`, async () => {
        let isForged = false;
        broker.intercept = async ({ path, request, answer }) => {
          if (isForged || !RENEWAL_PATH.test(path)) return answer;
          isForged = true;
          const body = await forge(request, leaseRenewal.parse(contentOf(request)));
          return { status: 403, headers: { "content-type": JOSE_MEDIA_TYPE }, body };
        };
        await until(() => isForged);
        const { length } = renewals;
        await until(() => renewals.length > length || hasClosed());
        return hasClosed() ? "closed the volume" : undefined;
      });
    await run("lease", "answers a drill, and stays open", async () => {
      const drill = randomUUID();
      broker.drill = drill;
      await until(() => leaseReceipts.some((receipt) => receipt.drill === drill));
      broker.drill = undefined;
      const { length } = renewals;
      await until(() => renewals.length > length);
      return hasClosed() ? "closed the volume" : undefined;
    });
    await run("journal", "delivers its rows in one chain", async () => {
      await until(() => node.journal.length > 0);
      const broken = node.journal.findIndex(
        ({ hash, ...row }) => hash !== chainHash(row.previous, canonicalJson(row)),
      );
      return broken === -1 ? undefined : `row ${String(broken + 1)} has a wrong hash`;
    });
    await run("broker keys", "pins the successor that a pinned key names", async () => {
      await until(() => keyRequests.some(({ pinned }) => pinned.includes(successor.kid)));
      return undefined;
    });
    await run("lease", "closes when the broker orders it, and says so", async () => {
      broker.relock = { code: REFUSAL_CODE };
      await until(hasClosed);
      return leaseReceipts.some(({ cause }) => cause === "order") ? undefined : "for another cause";
    });
  }
  broker.relock = undefined;
  await run("lease", "closes without an answer after its grace period, and says so", async () => {
    const terms = broker.leaseTerms;
    broker.leaseTerms = { ...terms, outageGraceSeconds: SHORT_GRACE_SECONDS };
    try {
      const fault = await unlocks();
      if (fault !== undefined) return fault;
      await using daemon = await serve();
      void daemon;
      const { length } = renewals;
      await until(() => renewals.length > length);
      broker.intercept = ({ path, answer }) =>
        QUESTION_PATH.test(path) ? { status: 503, headers: {}, body: "" } : answer;
      await until(hasClosed);
      return leaseReceipts.at(-1)?.cause === "outage" ? undefined : "for another cause";
    } finally {
      broker.leaseTerms = terms;
    }
  });
  await run("broker keys", "unlocks by a grant of the successor", () => {
    answerAt(broker, DEVICE_ROUTES.unlocks, ({ answer }) => resign(successor, answer));
    return unlocks();
  });
  await run("broker keys", "unlocks by no grant of another key", async () => {
    answerAt(broker, DEVICE_ROUTES.unlocks, ({ answer }) => resign(stranger, answer));
    return (await agent.unlock()).outcome === "unlocked" ? "unlocked" : undefined;
  });
  await run(
    "broker keys",
    "pins the keys that follow, and no longer the one that retired",
    async () => {
      broker.keys = [successor, generateSigningKey().key];
      const fault = await unlocks();
      if (fault !== undefined) return fault;
      await using daemon = await serve();
      void daemon;
      const follow = inOrder(broker.keys.map(({ kid }) => kid));
      await until(() => keyRequests.some(({ pinned }) => inOrder(pinned) === follow));
      return undefined;
    },
  );
  await run("broker keys", "unlocks by no grant of the key that retired", async () => {
    answerAt(broker, DEVICE_ROUTES.unlocks, ({ answer }) => resign(former, answer));
    return (await agent.unlock()).outcome === "unlocked" ? "unlocked" : undefined;
  });
  await run("broker keys", "unlocks by a grant of the key that has followed it", unlocks);
}

function faultOfRenewals(renewals: readonly LeaseRenewal[]): string | undefined {
  for (const [index, renewal] of renewals.entries()) {
    const before = renewals[index - 1];
    if (before === undefined) continue;
    if (renewal.lease !== before.lease) return "names another lease";
    if (renewal.counter <= before.counter) return "used a counter twice";
    if (renewal.sequence < before.sequence) return "went back in the sequence";
  }
  return undefined;
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error("did not do it within five minutes");
    await setTimeout(PAUSE_MS);
  }
}
