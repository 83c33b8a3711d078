import { createHash } from "node:crypto";

import { deriveSplitKey, openEnvelope, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";

import { chooseEnvelope, grantChosen, grantEnvelope, signEnvelope } from "../chosen-envelope.ts";
import { contentOf } from "../content-of.ts";
import { FORGED_GRANTS } from "../forged-grants.ts";
import { type Forge, nodeOf } from "../forgery.ts";
import { createOwner } from "../recovery-copy.ts";
import {
  type AgentUnderTest,
  type AgentWorld,
  unlessOutcome,
  unlessUnlocked,
  unlessWithstood,
} from "./agent-world.ts";

const SERIAL = "DBX-SPLIT";

/** Grants that bring a node in split custody an envelope that it must not accept. */
const FORGED_SPLIT = {
  "its envelope: a lower generation": FORGED_GRANTS["its envelope: a lower generation"],
  "its envelope: a share that the broker chose":
    FORGED_GRANTS["its envelope: a share that the broker chose"],
  "its envelope: of escrow, with a key that the broker chose": (forgery) =>
    grantChosen(forgery, undefined),
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

/** A node whose unlock key is derived from the broker's share and its own. */
export async function checkSplit(
  { broker, run, present }: AgentWorld,
  another: NonNullable<AgentUnderTest["another"]>,
): Promise<void> {
  const suite = "split custody";
  const owner = createOwner();
  const node = await broker.addNode(SERIAL, { custody: "split" });
  using agent = another();
  const { rekey } = agent;
  const sent: string[] = [];
  const own: Uint8Array[] = [];
  const contextOf = () => ({ env: node.env, ord: node.order, dev: SERIAL });
  const brokerShare = () =>
    openEnvelope(node.envelope, node.contentKey, { ...contextOf(), cus: "split" });
  present.intercept = ({ path, request, answer }) => {
    if (path !== DEVICE_ROUTES.challenges) sent.push(JSON.stringify(contentOf(request)));
    return answer;
  };
  broker.intercept = present.intercept;
  const unlocks = () => unlessUnlocked(() => agent.unlock(), broker);
  await run(suite, "is prepared, and copies its share for the recovery key", async () => {
    broker.extensions = { recoveryKeys: [owner.jwk] };
    const { certificateAuthorityPem, order, url } = broker;
    const facts = { broker: url, certificateAuthorityPem, order, serial: SERIAL };
    const fault = unlessOutcome(
      await agent.prepare({ ...facts, code: node.enrolmentCode }),
      "prepared",
    );
    if (fault !== undefined) return fault;
    const copy = broker.receipts.at(-1)?.extensions?.["deviceShare"];
    own.push(await owner.open(copy, contextOf()));
    return undefined;
  });
  const [share] = own;
  if (share === undefined) return;
  await run(suite, "unlocks with the key of both shares", async () => {
    const key = deriveSplitKey(share, await brokerShare(), contextOf());
    const { key: shown, ...outcome } = await agent.unlock();
    const fault = unlessOutcome(outcome, "unlocked");
    const digest = createHash("sha256").update(key).digest("hex");
    return fault ?? ((shown ?? digest) === digest ? undefined : "derived another key");
  });
  const withstands = (forge: Forge) => unlessWithstood({ broker, serial: SERIAL, agent }, forge);
  for (const [name, forge] of Object.entries(FORGED_SPLIT))
    await run(suite, `withstands a grant with another part: ${name}`, () => withstands(forge));
  if (rekey !== undefined) {
    const { env, envelope, contentKey } = node;
    const former = await brokerShare();
    await run(suite, "is not rekeyed to escrow", async () => {
      await unlocks();
      broker.extensions = { recoveryKeys: [owner.jwk] };
      node.custody = "escrow";
      const { outcome } = await rekey();
      node.custody = "split";
      node.proposal = undefined;
      if (outcome === "rekeyed" || outcome === "refused") return `said ${outcome}`;
      return node.env === env ? unlocks() : "confirmed it";
    });
    await run(suite, "is not rekeyed for a recovery key of the broker's own", async () => {
      await unlocks();
      broker.extensions = { recoveryKeys: [owner.jwk, createOwner().jwk] };
      const { outcome } = await rekey();
      if (outcome === "rekeyed") return "said rekeyed";
      return node.env === env ? unlocks() : "confirmed it";
    });
    await run(suite, "takes no envelope of escrow as the answer to its confirmation", async () => {
      await unlocks();
      broker.extensions = { recoveryKeys: [owner.jwk] };
      broker.intercept = async ({ path, answer }) => {
        if (path !== DEVICE_ROUTES.rekeyConfirmations || answer.status !== 200) return answer;
        const { jwe } = await chooseEnvelope(node, undefined);
        const escrow = await signEnvelope(broker, node, node.env, jwe);
        const said = { ...contentOf(answer.body), envelope: escrow };
        return {
          ...answer,
          body: await signMessage(broker.signingKey, MESSAGE_TYPES.rekeyed, said),
        };
      };
      const { outcome } = await rekey();
      return outcome === "rekeyed" ? "said rekeyed" : undefined;
    });
    await run(suite, "is rekeyed with another share, and copies it", async () => {
      broker.extensions = { recoveryKeys: [owner.jwk] };
      const copies: unknown[] = [];
      broker.intercept = ({ path, request, answer }) => {
        if (path === DEVICE_ROUTES.rekeyConfirmations)
          copies.push(Object(contentOf(request)["extensions"]).deviceShare);
        return present.intercept?.({ path, request, answer }) ?? answer;
      };
      const fault = unlessOutcome(await rekey(), "rekeyed");
      if (fault !== undefined) return fault;
      if (node.env === env) return "confirmed nothing";
      const next = await owner.open(copies.at(-1), contextOf());
      own.push(next);
      return Buffer.from(next).equals(share) ? "uses its share again" : unlocks();
    });
    await run(suite, "withstands the broker's share of its former envelope", () =>
      withstands((forgery) => grantChosen(forgery, "split", former)),
    );
    await run(suite, "withstands its former envelope", () =>
      withstands((forgery) => grantEnvelope(forgery, env, envelope.toJSON(), contentKey)),
    );
  }
  await run(suite, "sends its share in no message", async () => {
    const said = sent.join("\n");
    const found = own.some((each) =>
      (["base64url", "base64", "hex"] as const).some((form) =>
        said.includes(Buffer.from(each).toString(form)),
      ),
    );
    return Promise.resolve(found ? "it is in a message" : undefined);
  });
  present.intercept = undefined;
}
