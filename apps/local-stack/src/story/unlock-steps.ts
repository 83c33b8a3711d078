import type { StackEvent } from "../core/events.ts";
import type { Appliance, ApplianceNode, UnlockResult } from "../stack/appliances.ts";
import { step, type StoryContext, timed } from "./story-context.ts";

type Telling = Pick<StoryContext, "report">;

/** The same at each node, one after the other, each reported. */
async function atEach<Result>(
  { report }: Telling,
  { nodes }: Appliance,
  work: (node: ApplianceNode) => Promise<Result>,
  describe: (result: Result, node: string) => StackEvent,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const node of nodes) {
    const tell = (result: Result) => describe(result, node.serial);
    results.push(await timed(report, () => work(node), tell));
  }
  return results;
}

export async function prepare(context: Telling, appliance: Appliance): Promise<void> {
  await atEach(
    context,
    appliance,
    (node) => node.prepare(),
    (result, node) => ({ event: "prepare", node, ...result }),
  );
}

export async function lock(context: Telling, appliance: Appliance): Promise<void> {
  await atEach(
    context,
    appliance,
    (node) => node.lock(),
    (result, node) => ({ event: "lock", node, ...result }),
  );
}

/**
 * After something was taken away: where a daemon keeps the lease it closes the volume by itself.
 */
export async function close(context: StoryContext, appliance: Appliance): Promise<void> {
  for (const { serial, untilClosed } of appliance.nodes) {
    if (untilClosed === undefined) continue;
    const detail = `node ${serial}: the broker's order arrived; the daemon has closed the volume`;
    await step(context, "Re-locked", detail, untilClosed);
  }
  if (appliance.nodes.some(({ untilClosed }) => untilClosed === undefined))
    await lock(context, appliance);
}

const TEXT = "written at the customer's site";

/** If the kernel maps the volume. */
export async function writeData(context: Telling, appliance: Appliance): Promise<void> {
  for (const { serial, data } of appliance.nodes) {
    if (data === undefined) continue;
    const detail = `a file on node ${serial}, in the ext4 file system of its volume: "${TEXT}"`;
    await step(context, "Written", detail, () => data.write(TEXT));
  }
}

/** Fails if the file is not as it was written at the site. */
export async function readData(
  context: Telling,
  appliance: Appliance,
  where: string,
): Promise<void> {
  for (const { serial, data } of appliance.nodes) {
    if (data === undefined) continue;
    const detail = (found: string) => `the file on node ${serial}, ${where}: "${found}"`;
    const text = await step(context, "Read", detail, () => data.read());
    if (text !== TEXT) throw new Error(`the story expects "${TEXT}" in the file of ${serial}`);
  }
}

export async function expectUnlocked(
  context: StoryContext,
  appliance: Appliance,
  purpose?: "ingest",
): Promise<void> {
  for (const result of await unlock(context, appliance, purpose)) {
    if (result.outcome !== "unlocked") throw unexpected("unlocked", result);
  }
}

export async function expectRefused(
  context: StoryContext,
  appliance: Appliance,
  code: string,
  reason?: string,
): Promise<void> {
  for (const result of await unlock(context, appliance)) {
    const asTold =
      result.outcome === "refused" &&
      result.code === code &&
      (reason === undefined || result.reason === reason);
    if (!asTold) throw unexpected(`refused with ${code} ${reason ?? ""}`, result);
  }
}

/** Each node by itself; where its disk can be seen, nothing is left on it. */
export async function erase(context: Telling, appliance: Appliance): Promise<void> {
  await atEach(
    context,
    appliance,
    (node) => node.erase(),
    (result, node) => ({ event: "erase", node, ...result }),
  );
  for (const { serial, isBlank } of appliance.nodes) {
    if (isBlank === undefined) continue;
    const detail = `node ${serial}: its whole disk reads as zeros`;
    if (!(await step(context, "Gone", detail, isBlank)))
      throw new Error(`the story expects the disk of ${serial} to be blank`);
  }
}

const unlock = (
  context: Telling,
  appliance: Appliance,
  purpose?: "ingest",
): Promise<readonly UnlockResult[]> =>
  atEach(
    context,
    appliance,
    (node) => node.unlock(purpose),
    (result, node) => ({ event: "unlock", node, purpose, ...result }),
  );

function unexpected(expected: string, result: UnlockResult): Error {
  return new Error(`the story expects the node ${expected}, but it is ${JSON.stringify(result)}`);
}
