import { messageHash, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { createFakeBroker, createHttpsTransport, DeviceClient } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { type AgentUnderTest, checkAgent, UNSIGNED_ANSWERS } from "../src/check-agent.ts";
import { checkBroker } from "../src/check-broker.ts";
import { FOREIGN_UNLOCKS } from "../src/foreign-unlocks.ts";
import { FORGED_DENIALS, REFUSAL_CODE } from "../src/forged-denials.ts";
import { FORGED_GRANTS } from "../src/forged-grants.ts";
import type { Result } from "../src/result.ts";

const namesOf = (results: readonly Result[], hasFault: boolean) =>
  results.filter(({ fault }) => (fault !== undefined) === hasFault).map(({ name }) => name);

/** Looks at the status alone, and keeps no new envelope. */
function carelessAgent(): AgentUnderTest & Disposable {
  const parties: { device: DeviceClient; close: () => void }[] = [];
  async function unlock(purpose: "prepare" | "unlock", outcome: "prepared" | "unlocked") {
    const [{ device } = {}] = parties;
    if (device === undefined) throw new Error("not enrolled");
    const { text } = await device.prepareUnlock(purpose);
    const answer = await device.post(DEVICE_ROUTES.unlocks, text);
    if (answer.status !== 200) return { outcome: "refused", code: REFUSAL_CODE };
    await device.receipt(answer.text, outcome);
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
      await device.enrol(code);
      return unlock("prepare", "prepared");
    },
    unlock: () => unlock("unlock", "unlocked"),
    [Symbol.dispose]() {
      for (const { close } of parties) close();
    },
  };
}

test("an agent that verifies nothing fails each forged and each unsigned answer", async () => {
  using agent = carelessAgent();
  const results = await checkAgent(agent);
  expect(namesOf(results, true)).toEqual([
    "keeps a new generation of its envelope, and names it",
    ...Object.keys(FORGED_DENIALS),
    ...Object.keys(UNSIGNED_ANSWERS),
    ...Object.keys(FORGED_GRANTS),
  ]);
  expect(namesOf(results, false)).toEqual([
    "enrols and prepares the node",
    "unlocks",
    "unlocks again, with fresh nonce, counter and key",
    "ignores extensions of a newer broker",
    "refuses for a denial that the broker signed",
  ]);
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
  const transport = createHttpsTransport({
    origin: broker.url,
    certificateAuthorityPem: broker.certificateAuthorityPem,
  });
  const waiting = ({ serial, enrolmentCode: code }: typeof own) => ({
    order: broker.order,
    serial,
    code,
  });
  const results = await checkBroker(transport, [waiting(own), waiting(foreign)]);
  transport.close();
  const refusals = results.filter(({ suite }) => suite === "broker: refusal");
  expect(namesOf(refusals, false)).toEqual([]);
  expect(refusals.length).toBeGreaterThan(Object.keys(FOREIGN_UNLOCKS).length);
  expect(namesOf(results, true)).toContain(
    "two messages with one nonce at once: at most one is granted",
  );
  expect(namesOf(results, false)).toContain("grants, and seals the content key to the request");
});
