import { randomUUID } from "node:crypto";

import { generateSigningKey, messageHash, type SigningKey, signMessage } from "@databox-cmk/crypto";
import { grant, type Grant, MESSAGE_TYPES, unlockRequest } from "@databox-cmk/protocol";

import { grantChosen, grantMisnamed } from "./chosen-envelope.ts";
import { contentOf, type Forge, type Forgery } from "./forgery.ts";

const stranger = generateSigningKey().key;

/** Grants that a device must not accept, by the part that was changed. */
export const FORGED_GRANTS = {
  "a bit of its signature": ({ honest }) => {
    const [header, payload, signature = ""] = honest.split(".");
    return `${header}.${payload}.${flipped(signature)}`;
  },
  "its payload, under the old signature": ({ honest }) => {
    const [header, , signature] = honest.split(".");
    const payload = { ...payloadOf(honest), kid: "https://evil.vault.localhost/keys/a/1" };
    return `${header}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.${signature}`;
  },
  "the key that signed it: a stranger's": ({ honest }) =>
    signMessage(stranger, MESSAGE_TYPES.grant, payloadOf(honest)),
  "the key that signed it: a stranger's under the broker's name": ({ honest, broker }) =>
    resign({ broker }, payloadOf(honest), { ...stranger, kid: broker.signingKey.kid }),
  "the key that signed it: the node's own": ({ honest, broker, serial }) => {
    const kid = broker.nodes.get(serial)?.deviceKey?.kid ?? "";
    return resign({ broker }, payloadOf(honest), { ...stranger, kid });
  },
  "the request it answers": ({ honest, broker }) =>
    resign({ broker }, { ...payloadOf(honest), requestHash: messageHash("another") }),
  "its order": ({ honest, broker }) =>
    resign({ broker }, { ...payloadOf(honest), order: `${broker.order}x` }),
  "its serial": ({ honest, broker }) =>
    resign({ broker }, { ...payloadOf(honest), serial: "DBX-OTHER" }),
  "an unknown member": ({ honest, broker }) =>
    resign({ broker }, { ...payloadOf(honest), zip: "DEF" }),
  "its sealed key": (forgery) =>
    withSealed(forgery, { ciphertext: flipped(payloadOf(forgery.honest).sealed.ciphertext) }),
  "its encapsulation": (forgery) =>
    withSealed(forgery, { enc: flipped(payloadOf(forgery.honest).sealed.enc) }),
  "the content key: another node's": async ({ broker, serial, request }) => {
    const other = await broker.addNode("DBX-OTHER");
    const asked = unlockRequest.parse(contentOf(request));
    const given = await broker.grantFor(other, asked, messageHash(request));
    return resign({ broker }, { ...given, serial });
  },
  "its envelope: a lower generation": (forgery) => withEnvelope(forgery, -1),
  "its envelope: the same generation again": (forgery) => withEnvelope(forgery, 0),
  "its envelope: signed by a stranger": (forgery) => withEnvelope(forgery, 1, stranger),
  "its envelope: another node's": async ({ broker, honest }) => {
    const { signedEnvelope: envelope } = await broker.addNode("DBX-OTHER");
    return resign({ broker }, { ...payloadOf(honest), envelope });
  },
  "its envelope: a share that the broker chose": (forgery) => grantChosen(forgery, "split"),
  "its envelope: an unlock key that the broker chose": (forgery) => grantChosen(forgery, undefined),
  "its envelope: a commitment to another content key": (forgery) =>
    grantMisnamed(forgery, "commitment"),
  "its envelope: a header of another order": (forgery) =>
    grantMisnamed(forgery, { ord: `${forgery.broker.order}x` }),
  "its envelope: a header of another serial": (forgery) =>
    grantMisnamed(forgery, { dev: "DBX-OTHER" }),
  "its envelope: a header of another env": (forgery) =>
    grantMisnamed(forgery, { env: randomUUID() }),
  "its type: an acknowledgement": ({ honest, broker }) =>
    signMessage(broker.signingKey, MESSAGE_TYPES.acknowledgement, payloadOf(honest)),
  "its type: an envelope": (forgery) => envelopeOf(forgery, 1),
} as const satisfies Record<string, Forge>;

function payloadOf(jws: string): Grant {
  return grant.parse(contentOf(jws));
}

/** Another last bit. */
export function flipped(base64url: string): string {
  const bytes = Buffer.from(base64url, "base64url");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString("base64url");
}

const resign = (
  { broker }: Pick<Forgery, "broker">,
  payload: object,
  key: SigningKey = broker.signingKey,
): Promise<string> => signMessage(key, MESSAGE_TYPES.grant, payload);

function withSealed(forgery: Forgery, change: Partial<Grant["sealed"]>): Promise<string> {
  const honest = payloadOf(forgery.honest);
  return resign(forgery, { ...honest, sealed: { ...honest.sealed, ...change } });
}

async function withEnvelope(forgery: Forgery, step: number, key?: SigningKey): Promise<string> {
  const envelope = await envelopeOf(forgery, step, key);
  return resign(forgery, { ...payloadOf(forgery.honest), envelope });
}

/** The node's own envelope, `step` generations above the current one. */
function envelopeOf({ broker, serial }: Forgery, step: number, key?: SigningKey): Promise<string> {
  const node = broker.nodes.get(serial);
  return signMessage(key ?? broker.signingKey, MESSAGE_TYPES.envelope, {
    env: node?.env,
    generation: (node?.generation ?? 0) + step,
    jwe: node?.envelope.toJSON(),
  });
}

/** Forged grants that are forged without the network too: a carried one brings no envelope. */
export const FORGED_CARRIED = Object.fromEntries(
  Object.entries(FORGED_GRANTS).filter(
    ([name]) => !name.startsWith("its envelope") && !name.startsWith("the content key"),
  ),
);
