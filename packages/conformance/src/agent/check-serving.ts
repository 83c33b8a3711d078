import { setTimeout } from "node:timers/promises";

import {
  canonicalJson,
  chainHash,
  generateSigningKey,
  messageHash,
  type SigningKey,
  signMessage,
} from "@databox-cmk/crypto";
import { DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";

import { chooseEnvelope, signEnvelope } from "../chosen-envelope.ts";
import { denialOf } from "../forged-denials.ts";
import { nodeOf } from "../forgery.ts";
import { type AgentUnderTest, type AgentWorld, answerAt } from "./agent-world.ts";
import { createLeaseDesk, type ForgeRelock, type LeaseDesk, newDrill } from "./lease-desk.ts";
import { resign } from "./resign.ts";

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

const forgeRelock =
  (key: SigningKey, change: object = {}): ForgeRelock =>
  ({ requestHash, lease, sequence }) =>
    signMessage(key, MESSAGE_TYPES.relock, {
      ...denialOf(requestHash),
      lease,
      sequence,
      ...change,
    });

/** Leases, the journal, and a change of the broker's keys: the part of a daemon. */
export async function checkServing(
  world: AgentWorld,
  serve: NonNullable<AgentUnderTest["serve"]>,
): Promise<void> {
  const { broker, agent, run, unlocks, present } = world;
  const node = nodeOf(world);
  const desk = createLeaseDesk(broker, node);
  const hasClosed = () =>
    desk.receipts.some(
      ({ outcome, lease }) => outcome === "relocked" && lease === desk.renewals.at(-1)?.lease,
    );
  broker.leaseTerms = { ttlSeconds: TTL_SECONDS, outageGraceSeconds: 86_400 };
  present.intercept = desk.intercept;
  broker.intercept = desk.intercept;
  await run("lease", "begins with an unlock", unlocks);
  await run("broker keys", "takes no envelope of split custody with them", async () => {
    const { jwe } = await chooseEnvelope(node, "split");
    desk.envelope = await signEnvelope(broker, node, node.env, jwe);
    {
      await using daemon = await serve();
      void daemon;
      await until(() => desk.keyQuestions.length > 0);
      const { length } = desk.renewals;
      await until(() => desk.renewals.length >= length + 2);
    }
    desk.envelope = undefined;
    const fault = await unlocks();
    return fault === undefined ? undefined : `afterwards: ${fault}`;
  });
  desk.envelope = undefined;
  const former = { renewals: desk.renewals.length, watches: desk.watches.length };
  {
    await using daemon = await serve();
    void daemon; // Ends when the checks have.
    await run("lease", "renews it, step by step, with a counter that rises", async () => {
      await until(() => desk.renewals.length >= former.renewals + 3);
      return faultOfRenewals(desk.renewals.slice(former.renewals));
    });
    await run("lease", "watches it", async () => {
      await until(() => desk.watches.length > former.watches);
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
        const { forged } = desk;
        desk.forge = forge;
        await until(() => desk.forged > forged);
        const { length } = desk.renewals;
        await until(() => desk.renewals.length > length || hasClosed());
        return hasClosed() ? "closed the volume" : undefined;
      });
    await run("lease", "answers a drill, and stays open", async () => {
      const drill = newDrill();
      desk.drill = drill;
      await until(() => desk.receipts.some((receipt) => receipt.drill === drill));
      desk.drill = undefined;
      const { length } = desk.renewals;
      await until(() => desk.renewals.length > length);
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
      await until(() =>
        desk.keyQuestions.some(({ pinned }) => pinned.includes(desk.successor.kid)),
      );
      return undefined;
    });
    await run("lease", "closes when the broker orders it, and says so", async () => {
      desk.relock = true;
      await until(hasClosed);
      return desk.receipts.some(({ cause }) => cause === "order") ? undefined : "for another cause";
    });
  }
  desk.relock = false;
  await run("lease", "closes without an answer after its grace period, and says so", async () => {
    const terms = broker.leaseTerms;
    broker.leaseTerms = { ...terms, outageGraceSeconds: SHORT_GRACE_SECONDS };
    try {
      const fault = await unlocks();
      if (fault !== undefined) return fault;
      await using daemon = await serve();
      void daemon;
      const { length } = desk.renewals;
      await until(() => desk.renewals.length > length);
      desk.isSilent = true;
      await until(hasClosed);
      return desk.receipts.at(-1)?.cause === "outage" ? undefined : "for another cause";
    } finally {
      desk.isSilent = false;
      broker.leaseTerms = terms;
    }
  });
  present.intercept = undefined;
  await run("broker keys", "unlocks by a grant of the successor", () => {
    answerAt(broker, DEVICE_ROUTES.unlocks, ({ answer }) => resign(desk.successor, answer));
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
      desk.keys = [desk.successor, generateSigningKey().key];
      broker.intercept = desk.intercept;
      const fault = await unlocks();
      if (fault !== undefined) return fault;
      await using daemon = await serve();
      void daemon;
      const follow = inOrder(desk.keys.map(({ kid }) => kid));
      await until(() => desk.keyQuestions.some(({ pinned }) => inOrder(pinned) === follow));
      return undefined;
    },
  );
  await run("broker keys", "unlocks by no grant of the key that retired", async () =>
    (await agent.unlock()).outcome === "unlocked" ? "unlocked" : undefined,
  );
  // For the parts that follow, too.
  present.intercept = ({ answer }) => resign(desk.keys[0], answer);
  broker.intercept = present.intercept;
  await run("broker keys", "unlocks by a grant of the key that has followed it", unlocks);
}

function faultOfRenewals(renewals: LeaseDesk["renewals"]): string | undefined {
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
