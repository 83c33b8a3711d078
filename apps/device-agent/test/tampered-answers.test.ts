import { FORGED_DENIALS, FORGED_GRANTS, signDenial } from "@databox-cmk/conformance";
import { importVerifyKey, messageHash } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readUnlockAnswer } from "../src/answers/unlock-answer.ts";
import { type AgentWorld, createPreparedWorld, seen, SERIAL } from "./agent-world.ts";

let world: AgentWorld;

beforeEach(async () => {
  world = await createPreparedWorld();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const UNLOCKS = "/device/v1/unlocks";
const JOSE = { "content-type": "application/jose" };

/** Answers each unlock with `make`'s change of the honest answer. */
function answerUnlocks(make: (honest: string, request: string) => Promise<string> | string): void {
  world.broker.intercept = async ({ path, request, answer }) =>
    path === UNLOCKS
      ? { status: 200, headers: JOSE, body: await make(answer.body, request) }
      : answer;
}

/** The code with which our agent refuses each forged grant. */
const CODES: Readonly<Record<string, string>> = {
  "a bit of its signature": "GrantRejected",
  "its payload, under the old signature": "GrantRejected",
  "the key that signed it: a stranger's": "GrantRejected",
  "the key that signed it: a stranger's under the broker's name": "GrantRejected",
  "the key that signed it: the node's own": "GrantRejected",
  "the request it answers": "GrantRejected",
  "its order": "OrderMismatch",
  "its serial": "OrderMismatch",
  "an unknown member": "GrantRejected",
  "its sealed key": "GrantRejected",
  "its encapsulation": "GrantRejected",
  "the content key: another node's": "EnvelopeRejected",
  // Evidence: Lower generations.
  "its envelope: a lower generation": "EnvelopeRejected",
  // Evidence: Lower generations.
  "its envelope: the same generation again": "EnvelopeRejected",
  "its envelope: signed by a stranger": "EnvelopeRejected",
  "its envelope: another node's": "EnvelopeRejected",
  "its envelope: a share that the broker chose": "EnvelopeRejected",
  "its envelope: an unlock key that the broker chose": "VolumeRejectedKey",
  "its envelope: a commitment to another content key": "EnvelopeRejected",
  "its envelope: a header of another order": "EnvelopeRejected",
  "its envelope: a header of another serial": "EnvelopeRejected",
  "its envelope: a header of another env": "EnvelopeRejected",
  "its type: an acknowledgement": "BrokerUnreachable",
  "its type: an envelope": "BrokerUnreachable",
} satisfies Record<keyof typeof FORGED_GRANTS, string>;

// Evidence: A forged, changed or kept grant.
describe("a grant that was changed never unlocks", () => {
  test.each(Object.entries(FORGED_GRANTS))("%s", async (name, forge) => {
    await world.broker.rewrap(SERIAL);
    await world.broker.rewrap(SERIAL);
    expect(seen(await world.unlock())).toMatchObject({ exit: 0 });
    await world.lock();
    const { broker } = world;
    answerUnlocks((honest, request) => forge({ broker, serial: SERIAL, honest, request }));
    const event = await world.unlock();
    expect(seen(event)).toMatchObject({ code: CODES[name] });
    expect(event.outcome).not.toBe("unlocked");
    expect(seen(await world.status())).toMatchObject({ outcome: "locked" });
    world.broker.intercept = undefined;
    expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
  });

  // Evidence: A forged, changed or kept grant.
  test("the grant of an earlier request of the same node", async () => {
    const grants: string[] = [];
    answerUnlocks((honest) => {
      grants.push(honest);
      return grants[0] ?? honest;
    });
    expect(seen(await world.unlock())).toMatchObject({ exit: 0 });
    expect(seen(await world.unlock())).toMatchObject({ exit: 5, code: "GrantRejected" });
  });

  test("each single bit of the compact message, as the reader sees it", async () => {
    let sent = { grant: "", request: "" };
    answerUnlocks((grant, request) => {
      sent = { grant, request };
      return grant;
    });
    await world.unlock();
    const { order, signingKey } = world.broker;
    const brokerKeys = [importVerifyKey(signingKey.publicJwk)];
    const expected = { requestHash: messageHash(sent.request), order, serial: SERIAL, brokerKeys };
    const read = (body: string) =>
      readUnlockAnswer(
        { status: 200, mediaType: "application/jose", retryAfterSeconds: undefined, body },
        expected,
      );
    expect(read(sent.grant).kind).toBe("grant");
    for (let index = 0; index < sent.grant.length; index += 7) {
      const bytes = Buffer.from(sent.grant, "latin1");
      bytes[index] = (bytes[index] ?? 0) ^ (1 << (index % 6));
      expect(() => read(bytes.toString("latin1"))).toThrow(AppError);
    }
  });
});

// Evidence: A forged refusal.
// Evidence: TLS state instead of authorisation.
// Evidence: Signed re-locks only.
describe("a refusal that the broker did not sign for this request is not a refusal", () => {
  test.each(Object.entries(FORGED_DENIALS))("%s", async (_name, forge) => {
    await world.unlock();
    const { broker } = world;
    answerUnlocks((_honest, request) => forge({ broker, request }));
    expect(seen(await world.unlock())).toEqual({
      exit: 4,
      outcome: "unreachable",
      code: "BrokerUnreachable",
      reason: "unsigned-answer",
    });
    expect(seen(await world.status())).toMatchObject({ outcome: "unlocked" });
  });

  test("the same refusal, signed for this request, is one", async () => {
    answerUnlocks((_honest, request) => signDenial(world.broker.signingKey, messageHash(request)));
    expect(seen(await world.unlock())).toMatchObject({ exit: 3, outcome: "refused" });
  });
});
