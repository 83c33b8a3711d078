import type { DeviceAnswer, PreparedUnlock } from "@databox-cmk/testkit";

import { skipRest } from "../result.ts";
import { type BrokerWorld, letPass, unlessDenied } from "./broker-world.ts";

/** Unlocks of the other node, which one person must approve. */
export async function checkApprovals(world: BrokerWorld): Promise<void> {
  const { run, act, stranger } = world;
  const suite = "approvals";
  const waiting: PreparedUnlock[] = [];
  const ask = async () => {
    const prepared = await stranger.prepareUnlock("unlock");
    waiting.push(prepared);
    return stranger.sendUnlock(prepared);
  };
  let id = "";
  await run(suite, "asks for an approval", async () => {
    await act("require-approval", stranger.order);
    const answer = await ask();
    if (answer.kind !== "pending") return `was answered: ${answer.kind}`;
    const { required, given } = answer.value.approval;
    ({ id } = answer.value.approval);
    return required === 1 && given === 0 ? undefined : "has other numbers of approvals";
  });
  const [first] = waiting;
  if (first === undefined) return skipRest(run, suite);
  await run(suite, "waits for the same approval when the same bytes come again", async () => {
    const again = idOf(await stranger.sendUnlock(first));
    return again === id ? undefined : `is about ${again}`;
  });
  await run(suite, "a new request makes the waiting one void: ApprovalExpired", async () => {
    id = idOf(await ask());
    return unlessDenied(await stranger.sendUnlock(first), "ApprovalExpired");
  });
  const second = waiting.at(-1) ?? first;
  let granted = "";
  await run(suite, "grants the same bytes once they are approved, at once or again", async () => {
    await act("approve", stranger.order, id);
    const both = await Promise.all([stranger.sendUnlock(second), stranger.sendUnlock(second)]);
    const grants = both.filter((answer) => answer.kind === "answer");
    const [one] = grants;
    if (one === undefined) return "was not granted";
    granted = one.text;
    await stranger.open(one.value, second);
    return grants.every(({ text }) => text === granted) ? undefined : "there are two grants";
  });
  await run(suite, "gives the same bytes the same grant", async () => {
    const answer = await stranger.sendUnlock(second);
    return answer.kind === "answer" && answer.text === granted ? undefined : "another answer";
  });
  await run(suite, "a rejected request: ApprovalRejected", async () => {
    const answer = await ask();
    await act("reject", stranger.order, idOf(answer));
    const third = waiting.at(-1) ?? second;
    return unlessDenied(await stranger.sendUnlock(third), "ApprovalRejected");
  });
  await run(suite, "a request without a decision in time: ApprovalExpired", async () => {
    const answer = await ask();
    const last = waiting.at(-1);
    if (answer.kind !== "pending" || last === undefined) return `was answered: ${answer.kind}`;
    await letPass(world, answer.value.approval.expiresInSeconds);
    return unlessDenied(await stranger.sendUnlock(last), "ApprovalExpired");
  });
}

const idOf = (answer: DeviceAnswer<unknown>): string =>
  answer.kind === "pending" ? answer.value.approval.id : `no approval: ${answer.kind}`;
