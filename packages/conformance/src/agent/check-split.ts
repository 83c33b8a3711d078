import { randomUUID } from "node:crypto";

import { deriveSplitKey, openEnvelope, parseEnvelope, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { FakeNode } from "@databox-cmk/testkit";

import { chooseEnvelope, grantChosen, grantEnvelope, signEnvelope } from "../chosen-envelope.ts";
import { FORGED_GRANTS } from "../forged-grants.ts";
import { contentOf, type Forge, nodeOf } from "../forgery.ts";
import { createOwner } from "../recovery-copy.ts";
import { skipRest } from "../result.ts";
import {
  type AgentUnderTest,
  type AgentWorld,
  answerAt,
  unlessOutcome,
  unlessPrepared,
  unlessUnlocked,
  unlessWithstood,
} from "./agent-world.ts";

const SERIAL = "DBX-SPLIT";
/** How deep a message lies in another one. */
const DEPTH = 4;

/** Grants that bring a node in split custody an envelope that it must not accept. */
const FORGED_SPLIT = {
  "its envelope: a lower generation": FORGED_GRANTS["its envelope: a lower generation"],
  "its envelope: a share that the broker chose":
    FORGED_GRANTS["its envelope: a share that the broker chose"],
  "its envelope: of the kind that holds the node's own share": (forgery) =>
    grantChosen(forgery, "split-device"),
  "its envelope: its own one, whose header says escrow": (forgery) => {
    const node = nodeOf(forgery);
    const jwe = node.envelope.toJSON();
    const { cus: _cus, ...header } = contentOf(`.${jwe.protected}`);
    const swapped = Buffer.from(JSON.stringify(header)).toString("base64url");
    return grantEnvelope(forgery, node.env, { ...jwe, protected: swapped }, node.contentKey);
  },
} as const satisfies Readonly<Record<string, Forge>>;

const contextOf = ({ env, order: ord }: FakeNode) => ({ env, ord, dev: SERIAL });

/** The unlock key of both shares, as text. */
async function unlockKeyOf(node: FakeNode, share: Uint8Array): Promise<Uint8Array> {
  const context = { ...contextOf(node), cus: "split" } as const;
  const brokerShare = await openEnvelope(node.envelope, node.contentKey, context);
  return deriveSplitKey(share, brokerShare, context);
}

/** A text, and all that is in it as base64url. */
function unfold(text: string, depth = DEPTH): readonly string[] {
  if (depth === 0) return [text];
  const inner = text.match(/[\w-]{16,}/gu) ?? [];
  return [
    text,
    ...inner.flatMap((each) =>
      unfold(Buffer.from(each, "base64url").toString("latin1"), depth - 1),
    ),
  ];
}

/** A node whose unlock key is derived from the broker's share and its own. */
export async function checkSplit(
  { broker, run }: AgentWorld,
  another: NonNullable<AgentUnderTest["another"]>,
): Promise<void> {
  const suite = "split custody";
  const owner = createOwner();
  const node = await broker.addNode(SERIAL, { custody: "split" });
  using agent = another();
  const { carried, rekey } = agent;
  const own: Uint8Array[] = [];
  const unlocks = () => unlessUnlocked(() => agent.unlock(), broker);
  const withstands = (forge: Forge) => unlessWithstood({ broker, serial: SERIAL, agent }, forge);
  /** The fault of a volume that the key of the newest share does not open. */
  const unlessOpens = async () => {
    const key = await unlockKeyOf(node, own.at(-1) ?? new Uint8Array());
    const opens = await agent.opens(new TextDecoder().decode(key));
    return opens ? undefined : "its volume does not open with the key of the copied share";
  };
  await run(suite, "is prepared, and copies its share for the recovery key", async () => {
    broker.extensions = { recoveryKeys: [owner.jwk] };
    const fault = await unlessPrepared(agent, broker, node);
    if (fault !== undefined) return fault;
    const copy = broker.receipts.at(-1)?.extensions?.["deviceShare"];
    own.push(await owner.open(copy, contextOf(node)));
    return undefined;
  });
  const [share] = own;
  if (share === undefined) return await skipRest(run, suite);
  await run(suite, "has a volume that the key of both shares opens", unlessOpens);
  await run(suite, "unlocks", unlocks);
  for (const [name, forge] of Object.entries(FORGED_SPLIT))
    await run(suite, `withstands a grant with another part: ${name}`, () => withstands(forge));
  await run(
    suite,
    "withstands an envelope of escrow, although its key opens the volume",
    async () =>
      withstands(async (forgery) =>
        grantChosen(forgery, undefined, await unlockKeyOf(node, share)),
      ),
  );
  if (carried !== undefined)
    await run(suite, "opens with the answer that a person carries", async () => {
      const answer = await broker.answerChallenge(await carried.challenge());
      return unlessOutcome(await carried.respond(answer), "unlocked");
    });
  if (rekey !== undefined) {
    const { env, envelope, contentKey } = node;
    const proposed = async (recoveryKeys: readonly object[] | undefined) => {
      const fault = await unlocks();
      if (fault !== undefined) return fault;
      const { length } = broker.requests;
      broker.extensions = recoveryKeys && { recoveryKeys };
      const { outcome } = await rekey();
      broker.extensions = undefined;
      if (outcome === "rekeyed") return "said rekeyed";
      const asked = broker.requests.slice(length);
      if (!asked.some((text) => text.startsWith(`${DEVICE_ROUTES.rekeys} `)))
        return "asked for no proposal";
      return node.env === env ? unlocks() : "confirmed it";
    };
    await run(suite, "is not rekeyed to escrow", async () => {
      node.custody = "escrow";
      const fault = await proposed([owner.jwk]);
      node.custody = "split";
      node.proposal = undefined;
      return fault;
    });
    await run(suite, "is not rekeyed to an envelope with the `env` in force", async () => {
      const { jwe, contentKey: cek } = await chooseEnvelope(node, "split");
      node.proposal = {
        id: randomUUID(),
        generation: node.generation + 1,
        envelope: parseEnvelope(jwe),
        contentKey: cek,
        signedEnvelope: await signEnvelope(broker, node, env, jwe),
      };
      const fault = await proposed([owner.jwk]);
      node.proposal = undefined;
      return fault;
    });
    const { jwk: stranger } = createOwner();
    const named = {
      "a stranger's key beside the owner's": [owner.jwk, stranger],
      "a stranger's key in the place of the owner's": [stranger],
      "none of the owner's keys": undefined,
    };
    for (const [name, keys] of Object.entries(named))
      await run(suite, `is not rekeyed for a proposal that names ${name}`, () => proposed(keys));
    await run(suite, "takes no envelope of escrow as the answer to its confirmation", async () => {
      const fault = await unlocks();
      if (fault !== undefined) return fault;
      broker.extensions = { recoveryKeys: [owner.jwk] };
      const forged: string[] = [];
      answerAt(broker, DEVICE_ROUTES.rekeyConfirmations, async ({ answer }) => {
        if (answer.status !== 200) return answer;
        const { jwe } = await chooseEnvelope(node, undefined);
        const escrow = await signEnvelope(broker, node, node.env, jwe);
        const said = { ...contentOf(answer.body), envelope: escrow };
        forged.push(escrow);
        return {
          ...answer,
          body: await signMessage(broker.signingKey, MESSAGE_TYPES.rekeyed, said),
        };
      });
      const { outcome } = await rekey();
      if (forged.length === 0) return "confirmed nothing";
      return outcome === "rekeyed" ? "said rekeyed" : undefined;
    });
    await run(
      suite,
      "finishes the interrupted re-key with another share, and copies it",
      async () => {
        broker.extensions = { recoveryKeys: [owner.jwk] };
        const copies: unknown[] = [];
        answerAt(broker, DEVICE_ROUTES.rekeyConfirmations, ({ request, answer }) => {
          copies.push(Object(contentOf(request)["extensions"]).deviceShare);
          return answer;
        });
        const fault = unlessOutcome(await rekey(), "rekeyed");
        if (fault !== undefined) return fault;
        const next = await owner.open(copies.at(-1), contextOf(node));
        own.push(next);
        if (Buffer.from(next).equals(share)) return "uses its share again";
        return (await unlessOpens()) ?? unlocks();
      },
    );
    await run(suite, "withstands its former envelope", () =>
      withstands((forgery) => grantEnvelope(forgery, env, envelope.toJSON(), contentKey)),
    );
  }
  await run(suite, "sends its share in no message", () => {
    const said = broker.requests.flatMap((text) => unfold(text)).join("\n");
    const isFound = own.some((each) =>
      (["base64url", "base64", "hex", "latin1"] as const).some((form) =>
        said.includes(Buffer.from(each).toString(form)),
      ),
    );
    return Promise.resolve(isFound ? "it is in a message" : undefined);
  });
}
