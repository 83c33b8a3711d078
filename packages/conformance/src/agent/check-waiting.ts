import { generateSigningKey, messageHash, type SigningKey, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES, type Pending } from "@databox-cmk/protocol";

import { type AgentWorld, answerAt, unlessOutcome } from "./agent-world.ts";

const stranger = generateSigningKey().key;

/** Unlocks that wait for an approval. */
export async function checkWaiting({ agent, broker, unlocks, run }: AgentWorld): Promise<void> {
  const { approvals } = broker;
  const suite = "approval";
  const waits = async () => unlessOutcome(await agent.unlock(), "pending");
  approvals.required = 1;
  await run(suite, "waits for the approval", waits);
  await run(suite, "sends the same bytes again", async () => {
    const fault = await waits();
    return fault ?? (approvals.requests.size === 1 ? undefined : "sent another request");
  });
  const forged = [
    ["signed by a stranger", stranger, undefined],
    ["for another request", broker.signingKey, "another"],
  ] as const;
  for (const [name, key, request] of forged)
    await run(suite, `a pending answer ${name} is unreachable`, async () => {
      answerAt(broker, DEVICE_ROUTES.unlocks, async ({ request: sent }) => ({
        status: 202,
        headers: { "content-type": JOSE_MEDIA_TYPE },
        body: await signPending(key, messageHash(request ?? sent)),
      }));
      return unlessOutcome(await agent.unlock(), "unreachable");
    });
  await run(suite, "unlocks once it is approved", async () => {
    approvals.approve("ada");
    const fault = await unlocks();
    return fault ?? (approvals.requests.size === 1 ? undefined : "sent another request");
  });
  await run(suite, "refuses a rejected request", async () => {
    const fault = await waits();
    approvals.end("ApprovalRejected");
    return fault ?? unlessOutcome(await agent.unlock(), "refused", "ApprovalRejected");
  });
  await run(suite, "makes another request afterwards", async () => {
    const before = approvals.requests.size;
    const fault = await waits();
    return fault ?? (approvals.requests.size > before ? undefined : "sent the rejected request");
  });
  approvals.required = 0;
  await run(suite, "unlocks when approvals are no longer required", unlocks);
}

function signPending(key: SigningKey, requestHash: string): Promise<string> {
  return signMessage(key, MESSAGE_TYPES.pending, {
    requestHash,
    retryAfterSeconds: 1,
    correlationId: "00000000-0000-4000-8000-000000000000",
    approval: {
      id: "00000000-0000-4000-8000-000000000000",
      required: 1,
      given: 0,
      approvedBy: [],
      expiresInSeconds: 60,
    },
  } satisfies Pending);
}
