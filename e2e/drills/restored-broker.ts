import type { Stage } from "./stage.ts";

/** The last steps of every restore. */
export async function startAgain(stage: Stage): Promise<void> {
  await stage.step(
    "Invalidate all earlier challenges, because the database may not know that one was used. Then start the broker.",
  );
  await stage.type("broker keys rotate nonce");
  await stage.world.stack.restartBroker();
}
