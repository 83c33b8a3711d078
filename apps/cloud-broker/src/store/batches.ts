/** Bounds how long the first work of a batch waits for the last. */
export const BATCH_MAX = 64;
/** A batch that takes longer does not hold up the next one: it may wait for a lock, or hang. */
export const LATE_MS = 100;

/**
 * Collects works while a batch of them is running: all that arrive meanwhile are the next batch.
 *
 * @param take - removes a batch from the works that wait; they are in the order of their arrival
 * @param run - never rejects
 * @param lateMs - another limit, for tests on a busy machine
 * @returns adds a work
 */
export function createBatches<Waiting>(
  take: (queue: Waiting[]) => readonly Waiting[],
  run: (batch: readonly Waiting[]) => Promise<void>,
  lateMs = LATE_MS,
): (work: Waiting) => void {
  const queue: Waiting[] = [];
  let isRunning = false;
  const runAll = async () => {
    isRunning = true;
    while (queue.length > 0) {
      await gather(queue);
      await untilLate(run(take(queue)), lateMs);
    }
    isRunning = false;
  };
  return (work) => {
    queue.push(work);
    if (!isRunning) void runAll();
  };
}

/**
 * Waits for turns of the event loop as long as each brings more work, so that all requests that
 * have arrived join the batch.
 */
export async function gather(queue: readonly unknown[]): Promise<void> {
  for (let before = 0; queue.length > before && queue.length < BATCH_MAX;) {
    before = queue.length;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** Resolves when it has ended, or is late and goes on by itself. */
export async function untilLate(running: Promise<unknown>, lateMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, lateMs);
  });
  await Promise.race([running, late]);
  clearTimeout(timer);
}
