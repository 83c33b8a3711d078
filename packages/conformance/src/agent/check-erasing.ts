import { generateSigningKey } from "@databox-cmk/crypto";
import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import { nodeOf, resign } from "../forgery.ts";
import { type AgentUnderTest, type AgentWorld, answerAt, unlessOutcome } from "./agent-world.ts";

const stranger = generateSigningKey().key;

/** The erasure of the node. */
export async function checkErasing(
  { broker, serial, agent, run, unlocks }: AgentWorld,
  erase: NonNullable<AgentUnderTest["erase"]>,
): Promise<void> {
  const suite = "erasure";
  const node = nodeOf({ broker, serial });
  const isWhole = async () =>
    node.certificate === undefined ? unlocks() : "sent a certificate of sanitisation";
  await run(suite, "destroys nothing for a permit that a stranger signed", async () => {
    answerAt(broker, DEVICE_ROUTES.erasures, ({ answer }) => resign(stranger, answer));
    const { outcome } = await erase(serial);
    if (outcome === "erased" || outcome === "refused") return `said ${outcome}`;
    broker.intercept = undefined;
    return isWhole();
  });
  await run(suite, "destroys nothing when it is refused: ErasureForbidden", async () => {
    broker.refusal = { code: "ErasureForbidden" };
    const fault = unlessOutcome(await erase(serial), "refused", "ErasureForbidden");
    broker.refusal = undefined;
    return fault ?? isWhole();
  });
  await run(suite, "is erased, and sends the certificate that its device key signed", async () => {
    const fault = unlessOutcome(await erase(serial), "erased");
    return fault ?? (node.certificate === undefined ? "sent no certificate" : undefined);
  });
  await run(suite, "opens nothing again", async () => {
    const { outcome } = await agent.unlock();
    return outcome === "unlocked" ? "unlocked" : undefined;
  });
}
