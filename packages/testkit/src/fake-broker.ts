import { createSecretKey, randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { setTimeout } from "node:timers/promises";

import {
  createCertificateAuthority,
  createNonce,
  decodeBase64url,
  encodeBase64url,
  generateSigningKey,
  issueServerCertificate,
  messageHash,
  rekeyInfo,
  seal,
  signMessage,
  unlockInfo,
} from "@databox-cmk/crypto";
import type { CertificateWithKey, SigningKey } from "@databox-cmk/crypto";
import { type ErrorCode, explain } from "@databox-cmk/errors";
import {
  DEVICE_MESSAGE_MAX_BYTES,
  DEVICE_ROUTES,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
  offlineChallenge,
} from "@databox-cmk/protocol";
import type {
  AskedPurpose,
  BrokerKeysRequest,
  Denial,
  Grant,
  Lease,
  LeaseReceipt,
  LeaseRenewal,
  LeaseWatch,
  OfflineLease,
  Pending,
  Receipt,
  UnlockQuestion,
  UnlockRequest,
} from "@databox-cmk/protocol";

import { createFakeApprovals, type FakeApprovals } from "./fake-approvals.ts";
import { authenticate, decideFakeAnswer, type FakeDecision } from "./fake-broker-decision.ts";
import {
  commitRekey,
  createFakeNode,
  newPlaintext,
  proposeRekey,
  raiseGeneration,
  signEnvelope,
} from "./fake-broker-node.ts";
import type { FakeNode } from "./fake-broker-node.ts";

export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * A man in the middle: changes an answer, or writes to the socket itself (half a body, or nothing).
 */
export type Interceptor = (exchange: {
  readonly path: string;
  readonly request: string;
  readonly answer: WireAnswer;
}) => WireAnswer | Promise<WireAnswer> | ((response: ServerResponse) => void);

export type FakeRefusal = { readonly code: ErrorCode; readonly reason?: string | undefined };

export type LeaseTerms = Pick<Lease, "ttlSeconds" | "outageGraceSeconds" | "graceUntilReboot">;

export type FakeBroker = AsyncDisposable & {
  readonly url: string;
  readonly certificateAuthorityPem: string;
  readonly order: string;
  /** The key that signs, and the one that is announced. */
  keys: readonly [SigningKey, SigningKey];
  /** The first of `keys`. */
  readonly signingKey: SigningKey;
  readonly nodes: ReadonlyMap<string, FakeNode>;
  /** Each request as it came, oldest first. */
  readonly requests: readonly string[];
  /** Verified requests, oldest first. */
  readonly unlockRequests: readonly UnlockRequest[];
  readonly receipts: readonly Receipt[];
  /** The hash of the last answer to an unlock request, as it was sent. */
  readonly lastUnlockHash: string | undefined;
  readonly renewals: readonly LeaseRenewal[];
  readonly watches: readonly LeaseWatch[];
  readonly leaseReceipts: readonly LeaseReceipt[];
  readonly keyRequests: readonly BrokerKeysRequest[];
  intercept: Interceptor | undefined;
  /** The "vault"'s answer to the next unlocks; `undefined` grants. */
  refusal: FakeRefusal | undefined;
  /** The only purpose that the stage of the order allows; `undefined` allows each. */
  stagePurpose: AskedPurpose | undefined;
  /** The required approvals of an unlock, and the votes. */
  readonly approvals: FakeApprovals;
  /** Terms of the leases that it grants from now on. */
  leaseTerms: LeaseTerms;
  /** Orders every lease to be closed. */
  relock: FakeRefusal | undefined;
  /** A drill that each lease brings. */
  drill: string | undefined;
  /** A watch without news is answered after this time, and the agent asks again. */
  watchMs: number;
  /** As a broker of this version; false: as a former one, whose watch renews nothing. */
  renewsByWatch: boolean;
  /** The envelope that comes with the broker's keys; undefined: the node's own. */
  keyEnvelope: string | undefined;
  /** A newer version of the broker would add these to each answer. */
  extensions: Readonly<Record<string, unknown>> | undefined;
  /** Answers to unlock requests that are refused as expired, before the next is taken. */
  expireChallenges: number;
  /** Serves with this certificate from now on, and ends all connections; undefined: its own. */
  useCertificate(certificate?: CertificateWithKey): void;
  addNode(
    serial: string,
    options?: {
      readonly unlockKey?: Uint8Array;
      readonly passkeyOrigin?: "generated" | "customer";
      readonly custody?: "escrow" | "split";
    },
  ): Promise<FakeNode>;
  rewrap(serial: string): Promise<void>;
  /** A grant for a request, as the broker would make it; for tests that then alter it. */
  grantFor(
    node: FakeNode,
    request: UnlockQuestion,
    requestHash: string,
    offline?: OfflineLease,
  ): Promise<Grant>;
  /** The answer that a person with a challenge takes back: a grant, or the refusal that is set. */
  answerChallenge(text: string, offline?: OfflineLease): Promise<string>;
};

const CHALLENGE_SECONDS = 60;
/** Polling interval of a waiting request; short, since tests wait too. */
const RETRY_AFTER_SECONDS = 1;

/**
 * A broker that behaves correctly, without a vault: real HTTPS under its own authority, real
 * signatures, real sealing, the device protocol's checks in their order. The test sets the
 * "vault"'s answers.
 */
export async function createFakeBroker(
  options: { readonly order?: string; readonly certificateAuthority?: CertificateWithKey } = {},
): Promise<FakeBroker> {
  const ca =
    options.certificateAuthority ??
    createCertificateAuthority({ commonName: "fake broker's authority", validityDays: 2 });
  const { certificatePem: cert, privateKeyPem: key } = issueServerCertificate({
    ca,
    commonName: "broker.localhost",
    dnsNames: ["broker.localhost"],
    ipAddresses: ["127.0.0.1", "::1"],
    validityDays: 2,
  });
  const nonceKey = createSecretKey(randomBytes(32));
  const nodes = new Map<string, FakeNode>();
  const requests: string[] = [];
  const unlockRequests: UnlockRequest[] = [];
  const receipts: Receipt[] = [];
  const renewals: LeaseRenewal[] = [];
  const watches: LeaseWatch[] = [];
  const leaseReceipts: LeaseReceipt[] = [];
  const keyRequests: BrokerKeysRequest[] = [];
  /** The sequence of each lease that was renewed. */
  const sequences = new Map<string, number>();
  const approvals = createFakeApprovals();
  const order =
    options.order ??
    "/subscriptions/00000000-0000-4000-8000-000000000000/resourcegroups/demo/providers/microsoft.databox/jobs/order-1";

  let lastUnlockHash: string | undefined;
  const server = createServer({ cert, key }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  const { port } = address;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    const path = request.url ?? "";
    requests.push(`${path} ${JSON.stringify(request.headers)} ${text}`);
    const answer = await render(
      decideFakeAnswer(path, text, {
        nodes,
        nonceKey,
        nowMs: Date.now(),
        refusal: broker.refusal,
        stagePurpose: broker.stagePurpose,
        approvals,
        expire: () => {
          if (broker.expireChallenges === 0) return false;
          broker.expireChallenges -= 1;
          return true;
        },
      }),
    );
    const sent = (await broker.intercept?.({ path, request: text, answer })) ?? answer;
    if (typeof sent === "function") {
      sent(response);
      return;
    }
    if (path === DEVICE_ROUTES.unlocks) lastUnlockHash = messageHash(sent.body);
    response.writeHead(sent.status, sent.headers).end(sent.body);
  }

  async function render(decision: FakeDecision): Promise<WireAnswer> {
    switch (decision.kind) {
      case "unsigned":
        return json(decision.status, { error: { code: decision.code, message: decision.code } });
      case "challenge": {
        const nonce = createNonce(nonceKey, {
          serial: decision.serial,
          expiresAtMs: Date.now() + CHALLENGE_SECONDS * 1000,
          random: randomBytes(32),
        });
        const brokerTime = new Date().toISOString();
        return json(200, { nonce, expiresInSeconds: CHALLENGE_SECONDS, brokerTime });
      }
      case "denial":
        return signed(decision.status, MESSAGE_TYPES.denial, denialOf(decision));
      case "enrolment":
        return answerTo(decision, MESSAGE_TYPES.enrolment, {
          brokerKeys: [broker.signingKey.publicJwk],
          envelope: decision.node.signedEnvelope,
          passkeyOrigin: decision.node.passkeyOrigin,
        });
      case "grant":
        unlockRequests.push(decision.request);
        return signed(
          200,
          MESSAGE_TYPES.grant,
          await broker.grantFor(decision.node, decision.request, decision.requestHash),
        );
      case "pending":
        return signed(202, MESSAGE_TYPES.pending, {
          requestHash: decision.requestHash,
          retryAfterSeconds: RETRY_AFTER_SECONDS,
          correlationId: randomUUID(),
          approval: decision.approval,
        } satisfies Pending);
      case "rekeyProposal": {
        const { node, request, requestHash } = decision;
        const { suite, publicKey } = request.hpke;
        const proposal = await proposeRekey(node, broker.signingKey);
        const both = new Uint8Array([...node.contentKey, ...proposal.contentKey]);
        const recipient = decodeBase64url(publicKey);
        const { enc, ciphertext } = await seal(suite, recipient, rekeyInfo(requestHash), both);
        return answerTo(decision, MESSAGE_TYPES.rekeyProposal, {
          rekey: proposal.id,
          envelope: proposal.signedEnvelope,
          sealed: { enc: encodeBase64url(enc), ciphertext: encodeBase64url(ciphertext) },
        });
      }
      case "rekeyed":
        commitRekey(decision.node, decision.rekey);
        return answerTo(decision, MESSAGE_TYPES.rekeyed, {
          envelope: decision.node.signedEnvelope,
        });
      case "journal": {
        const last = decision.node.journal.at(-1);
        return answerTo(decision, MESSAGE_TYPES.journalHead, {
          sequence: last?.sequence,
          hash: last?.hash,
          receivedAt: new Date().toISOString(),
        });
      }
      case "erasurePermit":
        return answerTo(decision, MESSAGE_TYPES.erasurePermit, {});
      case "sanitised":
        return answerTo(decision, MESSAGE_TYPES.sanitised, {
          countersignedAt: new Date().toISOString(),
        });
      case "acknowledgement":
        receipts.push(decision.receipt);
        return acknowledge(decision);
      case "renewal": {
        const { lease, sequence } = decision.renewal;
        renewals.push(decision.renewal);
        if (broker.relock === undefined) sequences.set(lease, sequence + 1);
        return showLease(decision, lease);
      }
      case "watch":
        watches.push(decision.watch);
        await setTimeout(broker.watchMs, undefined, { ref: false });
        return showLease(
          decision,
          decision.watch.lease,
          broker.renewsByWatch ? renewAfter(decision.watch) : undefined,
        );
      case "leaseReceipt":
        leaseReceipts.push(decision.receipt);
        return acknowledge(decision);
      case "brokerKeys": {
        const { node } = decision;
        keyRequests.push(decision.request);
        return answerTo(decision, MESSAGE_TYPES.brokerKeys, {
          brokerKeys: broker.keys.map(({ publicJwk }) => publicJwk),
          envelope:
            broker.keyEnvelope ?? (await signEnvelope(node, broker.signingKey, node.generation)),
        });
      }
    }
  }

  const acknowledge = ({ requestHash }: { readonly requestHash: string }): Promise<WireAnswer> =>
    signed(200, MESSAGE_TYPES.acknowledgement, { requestHash });

  function renewAfter({ lease, sequence }: LeaseWatch): object {
    if (broker.relock === undefined) sequences.set(lease, sequence + 1);
    return { heldMs: broker.watchMs };
  }

  function showLease(
    asked: { readonly node: FakeNode; readonly requestHash: string },
    id: string,
    extensions?: object,
  ): Promise<WireAnswer> {
    const { relock, leaseTerms, drill } = broker;
    const sequence = sequences.get(id) ?? 0;
    if (relock === undefined)
      return answerTo(asked, MESSAGE_TYPES.lease, {
        lease: { id, ...leaseTerms, sequence },
        drill,
        extensions,
      });
    const denial = denialOf({ requestHash: asked.requestHash, ...relock });
    return signed(403, MESSAGE_TYPES.relock, { ...denial, lease: id, sequence });
  }

  const answerTo = (
    { node, requestHash }: { readonly node: FakeNode; readonly requestHash: string },
    typ: string,
    payload: object,
  ): Promise<WireAnswer> =>
    signed(200, typ, { requestHash, order: node.order, serial: node.serial, ...payload });

  async function signed(status: number, typ: string, payload: object): Promise<WireAnswer> {
    const { extensions } = broker;
    const said = extensions === undefined ? payload : { ...payload, extensions };
    const body = await signMessage(broker.signingKey, typ, said);
    return { status, headers: { "content-type": JOSE_MEDIA_TYPE }, body };
  }

  const broker: FakeBroker = {
    url: `https://broker.localhost:${String(port)}`,
    certificateAuthorityPem: ca.certificatePem,
    order,
    keys: [generateSigningKey().key, generateSigningKey().key],
    get signingKey() {
      return broker.keys[0];
    },
    nodes,
    requests,
    unlockRequests,
    receipts,
    get lastUnlockHash() {
      return lastUnlockHash;
    },
    renewals,
    watches,
    leaseReceipts,
    keyRequests,
    intercept: undefined,
    refusal: undefined,
    stagePurpose: undefined,
    extensions: undefined,
    leaseTerms: { ttlSeconds: 60, outageGraceSeconds: 86_400 },
    relock: undefined,
    drill: undefined,
    watchMs: 1_000,
    renewsByWatch: false,
    keyEnvelope: undefined,
    approvals,
    expireChallenges: 0,
    useCertificate(other) {
      server.setSecureContext(
        other === undefined
          ? { cert, key }
          : { cert: other.certificatePem, key: other.privateKeyPem },
      );
      server.closeAllConnections();
    },
    async addNode(serial, chosen = {}) {
      const { passkeyOrigin = "generated", custody = "escrow" } = chosen;
      const { unlockKey = newPlaintext(custody) } = chosen;
      const facts = { order, serial, unlockKey, passkeyOrigin, custody };
      const node = await createFakeNode(broker.signingKey, facts);
      nodes.set(serial, node);
      return node;
    },
    async rewrap(serial) {
      const node = nodes.get(serial);
      if (node === undefined) throw new RangeError(`no node ${serial}`);
      await raiseGeneration(node, broker.signingKey);
    },
    async grantFor(node, request, requestHash, offline) {
      const { suite, publicKey } = request.hpke;
      const { enc, ciphertext } = await seal(
        suite,
        decodeBase64url(publicKey),
        unlockInfo(requestHash),
        node.contentKey,
      );
      return {
        requestHash,
        order: node.order,
        serial: node.serial,
        sealed: { enc: encodeBase64url(enc), ciphertext: encodeBase64url(ciphertext) },
        lease: {
          id: randomUUID(),
          ...broker.leaseTerms,
          sequence: 0,
          offline,
        },
        kid: node.kid,
        correlationId: randomUUID(),
        envelope: node.generation > request.generation ? node.signedEnvelope : undefined,
      };
    },
    async answerChallenge(text, offline = { kind: "duration", seconds: 3600 }) {
      const { node, payload } = authenticate(text, nodes, MESSAGE_TYPES.offlineChallenge);
      if (node === undefined) throw new Error("not signed by a node of this broker");
      const requestHash = messageHash(text);
      const { refusal } = broker;
      if (refusal !== undefined) {
        const denial = denialOf({ requestHash, ...refusal });
        return signMessage(broker.signingKey, MESSAGE_TYPES.denial, denial);
      }
      const grant = await broker.grantFor(
        node,
        offlineChallenge.parse(payload),
        requestHash,
        offline,
      );
      // A QR code has no room for an envelope.
      const { envelope: _envelope, ...carried } = grant;
      return signMessage(broker.signingKey, MESSAGE_TYPES.grant, carried);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return broker;
}

function denialOf({
  code,
  reason,
  requestHash,
}: FakeRefusal & { readonly requestHash: string }): Denial {
  const { title, message, class: errorClass, who, ask, steps } = explain(code, { reason });
  return {
    requestHash,
    code,
    reason,
    class: errorClass,
    who,
    title,
    message,
    ask,
    steps: steps.map(({ text, command }) => (command === undefined ? { text } : { text, command })),
    correlationId: randomUUID(),
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > DEVICE_MESSAGE_MAX_BYTES) throw new RangeError("message too large");
  }
  return text;
}

function json(status: number, value: unknown): WireAnswer {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  };
}
