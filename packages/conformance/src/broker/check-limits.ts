import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import { type BrokerWorld, letPass } from "./broker-world.ts";

/** A broker that lets a node ask more often in a minute does not limit it. */
const ASKED_AT_MOST = 250;
const MINUTE_SECONDS = 60;

/** A node that asks for unlocks without a pause. */
export async function checkLimits(world: BrokerWorld): Promise<void> {
  const { run, device } = world;
  const ask = async () => {
    const { text } = await device.prepareUnlock("ingest");
    return { text, answer: await device.post(DEVICE_ROUTES.unlocks, text) };
  };
  await run("limits", "limits the unlocks of a node, with Retry-After: RateLimited", async () => {
    for (let asked = 0; asked < ASKED_AT_MOST; asked += 1) {
      const { text, answer } = await ask();
      if (answer.status !== 429) continue;
      const { code, retryAfterSeconds } = device.readDenial(answer, text);
      if (code !== "RateLimited") return `was denied: ${code}`;
      const header = Number(answer.headers["retry-after"]);
      return header > 0 && header === retryAfterSeconds
        ? undefined
        : `says Retry-After: ${String(answer.headers["retry-after"])}`;
    }
    return `granted ${String(ASKED_AT_MOST)} requests`;
  });
  await run("limits", "answers again a minute later", async () => {
    await letPass(world, MINUTE_SECONDS);
    const { answer } = await ask();
    return answer.status === 200 ? undefined : `has the status ${String(answer.status)}`;
  });
}
