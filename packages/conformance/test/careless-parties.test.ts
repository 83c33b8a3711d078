import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

import { messageHash, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import {
  createFakeBroker,
  createHttpsTransport,
  DeviceClient,
  type FakeBroker,
  type FakeNode,
} from "@databox-cmk/testkit";
import { expect, test } from "vitest";
import * as z from "zod";

import type { SplitAgent } from "../src/agent/agent-world.ts";
import type { Act } from "../src/broker/broker-world.ts";
import { checkAgent, UNSIGNED_ANSWERS } from "../src/check-agent.ts";
import { checkBroker } from "../src/check-broker.ts";
import { FOREIGN_UNLOCKS } from "../src/foreign-unlocks.ts";
import { FORGED_DENIALS, REFUSAL_CODE } from "../src/forged-denials.ts";
import { FORGED_CARRIED, FORGED_GRANTS } from "../src/forged-grants.ts";
import { MALFORMED_GRANTS, UNUSUAL_GRANTS } from "../src/malformed-grants.ts";
import { copyShare, createOwner, namedKeys } from "../src/recovery-copy.ts";
import type { Result } from "../src/result.ts";

const namesOf = (results: readonly Result[], hasFault: boolean) =>
  results
    .filter(
      ({ fault, notChecked }) => notChecked === undefined && (fault !== undefined) === hasFault,
    )
    .map(({ name }) => name);

const isOwnPart = ({ suite }: Result) =>
  /^agent: (?:purpose|approval|carried|rekeying|split custody|erasure)$/u.test(suite);

/** Checks the status alone, keeps no new envelope, and accepts every carried answer. */
function carelessAgent(): SplitAgent & Disposable {
  const parties: { device: DeviceClient; close: () => void }[] = [];
  async function unlock(
    purpose: "prepare" | "unlock",
    outcome: "prepared" | "unlocked",
    copy?: Record<string, unknown>,
  ) {
    const [{ device } = {}] = parties;
    if (device === undefined) throw new Error("not enrolled");
    const { text } = await device.prepareUnlock(purpose);
    const answer = await device.post(DEVICE_ROUTES.unlocks, text);
    if (answer.status !== 200) return { outcome: "refused", code: REFUSAL_CODE };
    device.extensions = copy;
    await device.receipt(answer.text, outcome);
    device.extensions = undefined;
    return { outcome };
  }
  return {
    async prepare({ broker: origin, certificateAuthorityPem, order, serial, code }) {
      const transport = createHttpsTransport({ origin, certificateAuthorityPem });
      const device = new DeviceClient({ transport, order, serial });
      parties.push({
        device,
        close: () => {
          transport.close();
        },
      });
      const answer = await device.enrol(code);
      const extensions = answer.kind === "answer" ? answer.value.extensions : undefined;
      if (extensions === undefined) return unlock("prepare", "prepared");
      const { env = "" } = device.envelope ?? {};
      const own = { env, ord: order, dev: serial, cus: "split-device" } as const;
      const share = randomBytes(32);
      const deviceShare = await copyShare(namedKeys(extensions), own, share);
      const support = Buffer.from(share.toString("base64url")).toString("base64url");
      return unlock("prepare", "prepared", { deviceShare, support });
    },
    unlock: () => unlock("unlock", "unlocked"),
    unlockFor: () => unlock("unlock", "unlocked"),
    another: carelessAgent,
    // Its key is that of the broker's share alone.
    opens: () => Promise.resolve(false),
    waits: true,
    rekey: () => Promise.resolve({ outcome: "rekeyed" }),
    erase: () => Promise.resolve({ outcome: "erased" }),
    carried: {
      challenge: async () => (await parties[0]?.device.prepareChallenge())?.text ?? "",
      respond: () => Promise.resolve({ outcome: "unlocked" }),
    },
    [Symbol.dispose]() {
      for (const { close } of parties) close();
    },
  };
}

test("an agent that verifies nothing fails each forged and each unsigned answer", async () => {
  using agent = carelessAgent();
  const all = await checkAgent(agent);
  const parts = all.filter(isOwnPart);
  expect(namesOf(parts, false)).toEqual([
    "unlocks without a purpose afterwards",
    "unlocks when approvals are no longer required",
    "makes a challenge of its node, for the suite that fits a QR code",
    "opens with the honest answer",
    "begins with an unlock",
    "unlocks with the new key",
    "is prepared, and copies its share for the recovery key",
    "unlocks",
    "opens with the answer that a person carries",
  ]);
  expect(namesOf(parts, true).length).toBeGreaterThan(Object.keys(FORGED_CARRIED).length + 15);
  const results = all.filter((result) => !isOwnPart(result));
  expect(namesOf(results, true)).toEqual([
    "keeps a new generation of its envelope, and names it",
    "waits outside the release windows: ReleaseWindowClosed",
    "takes a limit of the broker for no refusal: RateLimited",
    "asks with another nonce when its own has expired",
    "does not open for the purpose of another stage",
    ...Object.keys(FORGED_DENIALS),
    ...Object.keys(UNSIGNED_ANSWERS),
    "a certificate of another authority",
    "a certificate for another name",
    ...Object.keys(MALFORMED_GRANTS),
    ...Object.keys(FORGED_GRANTS),
  ]);
  expect(namesOf(results, false)).toEqual([
    "enrols and prepares the node",
    "unlocks",
    "unlocks again, with fresh nonce, counter and key",
    "ignores extensions of a newer broker",
    "refuses for a denial that the broker signed",
    ...Object.keys(UNUSUAL_GRANTS),
  ]);
});

test("each row of vectors/messages.json is a case", () => {
  const file = new URL("../../../vectors/messages.json", import.meta.url);
  const { vectors } = z
    .object({ vectors: z.array(z.object({ name: z.string(), kind: z.string() })) })
    .parse(JSON.parse(readFileSync(file, "utf8")));
  const names = (isGood: boolean) =>
    vectors.filter(({ kind }) => (kind === "good") === isGood).map(({ name }) => name);
  expect(names(true).toSorted()).toEqual(Object.keys(UNUSUAL_GRANTS).toSorted());
  expect(names(false).toSorted()).toEqual(Object.keys(MALFORMED_GRANTS).toSorted());
});

test("a part that an agent does not play well ends at its first failure, and each case is printed", async () => {
  using agent = carelessAgent();
  let told = "";
  const results = await checkAgent(agent, {
    endsParts: true,
    say: (text) => {
      told += text;
    },
    only: new Set([
      "enrols and prepares the node",
      ...Object.keys(FORGED_DENIALS),
      ...Object.keys(FORGED_CARRIED).map(
        (name) => `an answer with another part does not open: ${name}`,
      ),
    ]),
  });
  const failed = (suite: string) =>
    results.filter((each) => each.suite === `agent: ${suite}` && each.fault !== undefined);
  expect(failed("forged denial")).toHaveLength(Object.keys(FORGED_DENIALS).length);
  expect(failed("carried")).toHaveLength(1);
  expect(told).toMatch(
    /^agent: carried: the cases that follow … not checked: the part ended at its first failure$/m,
  );
  expect(told.split("the part ended")).toHaveLength(2);
  expect(told).toMatch(/^agent: exchange: enrols and prepares the node … passed$/m);
  expect(told).toMatch(/^agent: forged denial: signed by a stranger … FAILED: said refused/m);
});

test("a broker that grants each unlock fails each refusal", async () => {
  await using broker = await createFakeBroker();
  const own = await broker.addNode("DBX-OWN");
  const foreign = await broker.addNode("DBX-FOREIGN");
  broker.intercept = async ({ path, request, answer }) => {
    const question = broker.unlockRequests.at(-1);
    if (path !== DEVICE_ROUTES.unlocks || answer.status === 200 || question === undefined)
      return answer;
    const grant = await broker.grantFor(own, question, messageHash(request));
    const body = await signMessage(broker.signingKey, MESSAGE_TYPES.grant, grant);
    return { status: 200, headers: { "content-type": JOSE_MEDIA_TYPE }, body };
  };
  const results = await checkBrokerOf(broker, [own, foreign]);
  const refusals = results.filter(({ suite }) => suite === "broker: refusal");
  expect(namesOf(refusals, false)).toEqual([]);
  expect(refusals.length).toBeGreaterThan(Object.keys(FOREIGN_UNLOCKS).length);
  expect(namesOf(results, true)).toContain(
    "two messages with one nonce at once: at most one is granted",
  );
  expect(namesOf(results, false)).toContain("grants, and seals the content key to the request");
});

test("a broker that acknowledges each message fails each refusal of every part", async () => {
  await using broker = await createFakeBroker();
  const nodes = [await broker.addNode("DBX-OWN"), await broker.addNode("DBX-FOREIGN")] as const;
  const { jwk, kid } = createOwner();
  broker.extensions = { recoveryKeys: [jwk] };
  const { challenges, enrolments, unlocks, receipts } = DEVICE_ROUTES;
  const honest = new Set<string>([challenges, enrolments, unlocks, receipts]);
  broker.intercept = async ({ path, request, answer }) => {
    if (honest.has(path)) return answer;
    const said = { requestHash: messageHash(request) };
    const body = await signMessage(broker.signingKey, MESSAGE_TYPES.acknowledgement, said);
    return { status: 200, headers: { "content-type": JOSE_MEDIA_TYPE }, body };
  };
  const act: Act = (name, _order, given = "") =>
    name === "carry" ? broker.answerChallenge(given) : Promise.resolve("");
  const results = await checkBrokerOf(broker, nodes, act, [kid]);
  const own =
    /^broker: (?:lease|rekeying|journal|broker keys|carried|approvals|expiry|window|purpose|limits|erasure|split custody|export)$/u;
  const refusals = results.filter(
    ({ suite, name }) => own.test(suite) && /: [A-Z][A-Za-z]+$/u.test(name),
  );
  expect(namesOf(refusals, false)).toEqual([]);
  expect(refusals.length).toBeGreaterThan(80);
  for (const suite of ["broker: split custody", "broker: export"])
    expect(refusals.map((refusal) => refusal.suite)).toContain(suite);
  const failed = namesOf(results, true);
  expect(failed).not.toContain("enrols the node in split custody, and names recovery keys");
  const skipped = results.filter(({ name }) => name === "the cases that follow");
  expect(skipped.map(({ suite }) => suite)).toEqual(["broker: split custody", "broker: rekeying"]);
  for (const name of [
    "once its key has retired, signs with the one that it had announced",
    "announces another key, and no longer the one that retired",
    "renews the lease of a volume that is open",
    "closes a volume that was open for the purpose of an earlier stage",
  ])
    expect(failed).toContain(name);
});

async function checkBrokerOf(
  broker: FakeBroker,
  nodes: readonly [FakeNode, FakeNode],
  act?: Act,
  recoveryKeys: readonly string[] = [],
): Promise<readonly Result[]> {
  const transport = createHttpsTransport({
    origin: broker.url,
    certificateAuthorityPem: broker.certificateAuthorityPem,
  });
  const waiting = ({ serial, enrolmentCode: code }: FakeNode) => ({
    order: broker.order,
    serial,
    code,
  });
  const results = await checkBroker(
    transport,
    {
      own: waiting(nodes[0]),
      foreign: waiting(nodes[1]),
      split: {
        ...waiting(await broker.addNode("DBX-SPLIT", { custody: "split" })),
        recoveryKeys,
      },
      export: waiting(await broker.addNode("DBX-EXPORT")),
    },
    act,
  );
  transport.close();
  return results;
}
