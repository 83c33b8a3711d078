import { fork } from "node:child_process";
import { once } from "node:events";

import * as z from "zod";

/** A program of the bench in a process of its own, which ends with its parent. */
export type Child<Ready> = AsyncDisposable & {
  readonly pid: number;
  /** Its first message. */
  readonly ready: Ready;
  /** @returns the answer. @throws {Error} when it ends instead of saying something */
  ask(message: object | string): Promise<unknown>;
};

/**
 * @param job - describes its work: its first argument
 * @throws {Error} when it ends before its first message, or says something else; it is ended then
 */
export async function startChild<Ready>(
  main: URL,
  job: object,
  ready: z.ZodType<Ready>,
): Promise<Child<Ready>> {
  const child = fork(main, [JSON.stringify(job)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const ended = once(child, "exit");
  const next = async (): Promise<unknown> => {
    const failed = ended.then(() => {
      throw new Error(`${main.pathname} has ended`);
    });
    const [message]: unknown[] = await Promise.race([once(child, "message"), failed]);
    return message;
  };
  await using opened = new AsyncDisposableStack();
  opened.defer(async () => {
    if (child.connected) child.disconnect();
    await ended;
  });
  const said = ready.parse(await next());
  const whileOpen = opened.move();
  return {
    pid: child.pid ?? 0,
    ready: said,
    ask(message) {
      const answered = next();
      child.send(message);
      return answered;
    },
    [Symbol.asyncDispose]: () => whileOpen.disposeAsync(),
  };
}

/** The child's part: says that it is ready, and answers each message. */
export function serveParent(
  ready: object,
  answer: (message: unknown) => Promise<object> | object,
): void {
  process.on("message", (message) => {
    void (async () => process.send?.(await answer(message)))();
  });
  process.once("disconnect", () => process.exit());
  process.send?.(ready);
}

/** The child's part: its job. */
export const readJob = <Job>(job: z.ZodType<Job>): Job =>
  job.parse(JSON.parse(process.argv[2] ?? ""));
