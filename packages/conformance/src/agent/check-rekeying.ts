import { generateSigningKey, messageHash, signMessage } from "@databox-cmk/crypto";
import {
  DEVICE_ROUTES,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
  rekeyProposal,
  type RekeyProposal,
} from "@databox-cmk/protocol";

import { REFUSAL_CODE } from "../forged-denials.ts";
import { flipped } from "../forged-grants.ts";
import { contentOf, nodeOf } from "../forgery.ts";
import { type AgentUnderTest, type AgentWorld, answerAt, unlessOutcome } from "./agent-world.ts";

const stranger = generateSigningKey().key;

/** Changes of a signed answer that a node must not accept. */
type Change = {
  readonly payload?: (said: RekeyProposal) => object;
  readonly isOutsiders?: true;
};

/** The change of the unlock key of the open volume. */
export async function checkRekeying(
  { broker, serial, unlocks, run }: AgentWorld,
  rekey: NonNullable<AgentUnderTest["rekey"]>,
): Promise<void> {
  const suite = "rekeying";
  const node = nodeOf({ broker, serial });
  const { env: envBefore } = node;
  const other = await broker.addNode("DBX-REKEYED");
  const PROPOSALS: Readonly<Record<string, Change>> = {
    "signed by a stranger": { isOutsiders: true },
    "for another request": {
      payload: (said) => ({ ...said, requestHash: messageHash("another") }),
    },
    "for another node": { payload: (said) => ({ ...said, serial: "DBX-REKEYED" }) },
    "with the current envelope": {
      payload: (said) => ({ ...said, envelope: node.signedEnvelope }),
    },
    "with the envelope of another node": {
      payload: (said) => ({ ...said, envelope: other.signedEnvelope }),
    },
    "with other keys": {
      payload: ({ sealed, ...said }) => ({
        ...said,
        sealed: { ...sealed, ciphertext: flipped(sealed.ciphertext) },
      }),
    },
  };
  const alter = (route: string, type: string, { payload, isOutsiders }: Change) => {
    answerAt(broker, route, async ({ answer }) => {
      if (answer.status !== 200) return answer;
      const said = contentOf(answer.body);
      const key = isOutsiders === true ? stranger : broker.signingKey;
      const body = await signMessage(key, type, payload?.(rekeyProposal.parse(said)) ?? said);
      return { status: 200, headers: { "content-type": JOSE_MEDIA_TYPE }, body };
    });
  };
  await run(suite, "begins with an unlock", unlocks);
  for (const [name, change] of Object.entries(PROPOSALS))
    await run(suite, `a proposal ${name} is not taken`, async () => {
      const { env } = node;
      alter(DEVICE_ROUTES.rekeys, MESSAGE_TYPES.rekeyProposal, change);
      const { outcome } = await rekey();
      if (outcome === "rekeyed" || outcome === "refused") return `said ${outcome}`;
      return node.env === env ? undefined : "confirmed it";
    });
  await run(suite, "refuses for a denial that the broker signed", async () => {
    broker.refusal = { code: REFUSAL_CODE };
    return unlessOutcome(await rekey(), "refused", REFUSAL_CODE);
  });
  await run(
    suite,
    "an answer to its confirmation that a stranger signed is not taken",
    async () => {
      alter(DEVICE_ROUTES.rekeyConfirmations, MESSAGE_TYPES.rekeyed, { isOutsiders: true });
      const { outcome } = await rekey();
      return outcome === "rekeyed" ? "said rekeyed" : undefined;
    },
  );
  await run(suite, "finishes an interrupted rekeying", async () => {
    const fault = unlessOutcome(await rekey(), "rekeyed");
    return fault ?? (node.env === envBefore ? "confirmed nothing" : undefined);
  });
  await run(suite, "rekeys again", async () => {
    const { env } = node;
    const fault = unlessOutcome(await rekey(), "rekeyed");
    return fault ?? (node.env === env ? "confirmed nothing" : undefined);
  });
  await run(suite, "unlocks with the new key", unlocks);
}
