import { readFileSync } from "node:fs";
import { join } from "node:path";

import { generateSigningKey, importVerifyKey, messageHash, signMessage } from "@databox-cmk/crypto";
import type { SigningKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { MESSAGE_TYPES, unlockRequest } from "@databox-cmk/protocol";
import type { Grant } from "@databox-cmk/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readUnlockAnswer } from "../src/answers/unlock-answer.ts";
import { createPreparedWorld, seen, SERIAL } from "./agent-world.ts";
import type { AgentWorld } from "./agent-world.ts";

let world: AgentWorld;

beforeEach(async () => {
  world = await createPreparedWorld();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const UNLOCKS = "/device/v1/unlocks";
const JOSE = { "content-type": "application/jose" };
const stranger = generateSigningKey().key;

/** Answers each unlock with `make`'s change of the honest answer. */
function answerUnlocks(make: (honest: string, request: string) => Promise<string> | string): void {
  world.broker.intercept = async ({ path, request, answer }) =>
    path === UNLOCKS
      ? { status: 200, headers: JOSE, body: await make(answer.body, request) }
      : answer;
}

function payloadOf(jws: string): Grant {
  return JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()) as Grant;
}

const resign = (
  payload: object,
  key: SigningKey = world.broker.signingKey,
  typ: string = MESSAGE_TYPES.grant,
) => signMessage(key, typ, payload);

function flipped(base64url: string): string {
  const bytes = Buffer.from(base64url, "base64url");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString("base64url");
}

function withSealed(honest: string, change: Partial<Grant["sealed"]>): Promise<string> {
  const grant = payloadOf(honest);
  return resign({ ...grant, sealed: { ...grant.sealed, ...change } });
}

async function envelopeOf(generation: number, key = world.broker.signingKey): Promise<string> {
  const node = world.broker.nodes.get(SERIAL);
  return signMessage(key, MESSAGE_TYPES.envelope, {
    env: node?.env,
    generation,
    jwe: node?.envelope.toJSON(),
  });
}

const TAMPERED: Readonly<
  Record<
    string,
    { code: string; make: (honest: string, request: string) => Promise<string> | string }
  >
> = {
  "a bit of its signature": {
    code: "GrantRejected",
    make: (honest) => {
      const [header, payload, signature = ""] = honest.split(".");
      return `${header}.${payload}.${flipped(signature)}`;
    },
  },
  "its payload, under the old signature": {
    code: "GrantRejected",
    make: (honest) => {
      const [header, , signature] = honest.split(".");
      const payload = { ...payloadOf(honest), kid: "https://evil.vault.localhost/keys/a/1" };
      return `${header}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.${signature}`;
    },
  },
  "the key that signed it: a stranger's": {
    code: "GrantRejected",
    make: (honest) => resign(payloadOf(honest), stranger),
  },
  "the key that signed it: a stranger's under the broker's name": {
    code: "GrantRejected",
    make: (honest) => resign(payloadOf(honest), { ...stranger, kid: world.broker.signingKey.kid }),
  },
  "the key that signed it: the node's own": {
    code: "GrantRejected",
    make: (honest) => {
      const node = world.broker.nodes.get(SERIAL);
      return resign(payloadOf(honest), { ...stranger, kid: node?.deviceKey?.kid ?? "" });
    },
  },
  "the request it answers": {
    code: "GrantRejected",
    make: (honest) => resign({ ...payloadOf(honest), requestHash: messageHash("another") }),
  },
  "its order": {
    code: "OrderMismatch",
    make: (honest) => resign({ ...payloadOf(honest), order: `${world.broker.order}x` }),
  },
  "its serial": {
    code: "OrderMismatch",
    make: (honest) => resign({ ...payloadOf(honest), serial: "DBX-OTHER" }),
  },
  "an unknown member": {
    code: "GrantRejected",
    make: (honest) => resign({ ...payloadOf(honest), zip: "DEF" }),
  },
  "its sealed key": {
    code: "GrantRejected",
    make: (honest) =>
      withSealed(honest, { ciphertext: flipped(payloadOf(honest).sealed.ciphertext) }),
  },
  "its encapsulation": {
    code: "GrantRejected",
    make: (honest) => withSealed(honest, { enc: flipped(payloadOf(honest).sealed.enc) }),
  },
  "the content key: another node's": {
    code: "EnvelopeRejected",
    make: async (_honest, request) => {
      const other = await world.broker.addNode("DBX-OTHER");
      const [, encoded = ""] = request.split(".");
      const asked = unlockRequest.parse(JSON.parse(Buffer.from(encoded, "base64url").toString()));
      const grant = await world.broker.grantFor(other, asked, messageHash(request));
      return resign({ ...grant, serial: SERIAL });
    },
  },
  "its envelope: a lower generation": {
    code: "EnvelopeRejected",
    make: async (honest) => {
      const path = join(world.stateDir, "state.json");
      expect(readFileSync(path, "utf8")).toContain('"generation":3');
      return resign({ ...payloadOf(honest), envelope: await envelopeOf(2) });
    },
  },
  "its envelope: the same generation again": {
    code: "EnvelopeRejected",
    make: async (honest) => resign({ ...payloadOf(honest), envelope: await envelopeOf(3) }),
  },
  "its envelope: signed by a stranger": {
    code: "EnvelopeRejected",
    make: async (honest) =>
      resign({ ...payloadOf(honest), envelope: await envelopeOf(4, stranger) }),
  },
  "its envelope: another node's": {
    code: "EnvelopeRejected",
    make: async (honest) => {
      const other = await world.broker.addNode("DBX-OTHER");
      return resign({ ...payloadOf(honest), envelope: other.signedEnvelope });
    },
  },
  "its type: an acknowledgement": {
    code: "BrokerUnreachable",
    make: (honest) => resign(payloadOf(honest), undefined, MESSAGE_TYPES.acknowledgement),
  },
  "its type: an envelope": {
    code: "BrokerUnreachable",
    make: () => envelopeOf(4),
  },
};

describe("a grant that was changed never unlocks", () => {
  test.each(Object.entries(TAMPERED))("%s", async (_name, { code, make }) => {
    await world.broker.rewrap(SERIAL);
    await world.broker.rewrap(SERIAL);
    expect(seen(await world.unlock())).toMatchObject({ exit: 0 });
    await world.lock();
    answerUnlocks(make);
    const event = await world.unlock();
    expect(seen(event)).toMatchObject({ code });
    expect(event.outcome).not.toBe("unlocked");
    expect(seen(await world.status())).toMatchObject({ outcome: "locked" });
    world.broker.intercept = undefined;
    expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
  });

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

async function denial(
  key: SigningKey,
  requestHash: string,
  typ: string = MESSAGE_TYPES.denial,
): Promise<string> {
  return signMessage(key, typ, {
    requestHash,
    code: "SsemUserErrorEncryptionKeyDisabled",
    class: "refused",
    who: "nobody",
    title: "t",
    message: "m",
    ask: "a",
    steps: [],
    correlationId: "00000000-0000-4000-8000-000000000000",
  });
}

describe("a refusal that the broker did not sign for this request is not a refusal", () => {
  const FORGED: Readonly<Record<string, (request: string) => Promise<string>>> = {
    "signed by a stranger": (request) => denial(stranger, messageHash(request)),
    "signed for another request": () => denial(world.broker.signingKey, messageHash("another")),
    "signed as another kind of message": (request) =>
      denial(world.broker.signingKey, messageHash(request), MESSAGE_TYPES.pending),
    "without the members it must have": (request) =>
      signMessage(world.broker.signingKey, MESSAGE_TYPES.denial, {
        requestHash: messageHash(request),
      }),
  };

  test.each(Object.entries(FORGED))("%s", async (_name, make) => {
    await world.unlock();
    answerUnlocks((_honest, request) => make(request));
    expect(seen(await world.unlock())).toEqual({
      exit: 4,
      outcome: "unreachable",
      code: "BrokerUnreachable",
      reason: "unsigned-answer",
    });
    expect(seen(await world.status())).toMatchObject({ outcome: "unlocked" });
  });

  test("the same refusal, signed for this request, is one", async () => {
    answerUnlocks((_honest, request) => denial(world.broker.signingKey, messageHash(request)));
    expect(seen(await world.unlock())).toMatchObject({ exit: 3, outcome: "refused" });
  });
});
