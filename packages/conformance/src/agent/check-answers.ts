import { generateSigningKey, messageHash } from "@databox-cmk/crypto";
import { offlineChallenge } from "@databox-cmk/protocol";

import { REFUSAL_CODE, signDenial } from "../forged-denials.ts";
import { FORGED_CARRIED } from "../forged-grants.ts";
import { contentOf } from "../forgery.ts";
import { type AgentWorld, type CarriedAnswers, unlessOutcome } from "./agent-world.ts";

/** Challenges and answers that a person carries. */
export async function checkAnswers(
  { broker, serial, run }: AgentWorld,
  { challenge, respond }: CarriedAnswers,
): Promise<void> {
  const suite = "carried";
  let asked = "";
  await run(suite, "makes a challenge of its node, for the suite that fits a QR code", async () => {
    asked = await challenge();
    const said = offlineChallenge.parse(contentOf(asked));
    await broker.answerChallenge(asked); // verifies its signature
    return said.serial === serial ? undefined : `is of ${said.serial}`;
  });
  await run(suite, "shows the same challenge until it is answered", async () =>
    (await challenge()) === asked ? undefined : "another challenge",
  );
  for (const [name, forge] of Object.entries(FORGED_CARRIED))
    await run(suite, `an answer with another part does not open: ${name}`, async () => {
      const honest = await broker.answerChallenge(asked);
      const { outcome } = await respond(await forge({ broker, serial, honest, request: asked }));
      return outcome === "unlocked" || outcome === "refused" ? `said ${outcome}` : undefined;
    });
  await run(suite, "a denial that a stranger signed is not a refusal", async () => {
    const denial = await signDenial(generateSigningKey().key, messageHash(asked));
    const { outcome } = await respond(denial);
    return outcome === "refused" || outcome === "unlocked" ? `said ${outcome}` : undefined;
  });
  let answer = "";
  await run(suite, "opens with the honest answer", async () => {
    answer = await broker.answerChallenge(asked);
    return unlessOutcome(await respond(answer), "unlocked");
  });
  await run(suite, "does not open with the same answer again", async () => {
    await challenge(); // closes the volume
    const { outcome } = await respond(answer);
    return outcome === "unlocked" ? "unlocked" : undefined;
  });
  await run(suite, "refuses for a denial that the broker signed", async () => {
    asked = await challenge();
    broker.refusal = { code: REFUSAL_CODE };
    const denial = await broker.answerChallenge(asked);
    return unlessOutcome(await respond(denial), "refused", REFUSAL_CODE);
  });
}
