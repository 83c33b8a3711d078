import type { Stage } from "./stage.ts";

/** What every restore ends with. */
export async function startAgain(stage: Stage): Promise<void> {
  await stage.step(
    "Make all challenges of before worthless, since the database may have forgotten that one was used; then start the broker.",
  );
  await stage.type("broker keys rotate nonce");
  await stage.world.stack.restartBroker();
}
