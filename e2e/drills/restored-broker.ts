import type { DrillStack } from "./drill-stack.ts";

/** The last steps of every restore. */
export async function startAgain(drill: DrillStack): Promise<void> {
  await drill.step(
    "Invalidate all earlier challenges, because the database may not know that one was used. Then start the broker.",
  );
  await drill.type("broker keys rotate nonce");
  await drill.world.stack.restartBroker();
}
