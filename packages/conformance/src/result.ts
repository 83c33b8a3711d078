/**
 * The result of one case; `fault` is one sentence, absent when it passed. A case that was not
 * checked has the reason instead.
 */
export type Result = {
  readonly suite: string;
  readonly name: string;
  readonly fault?: string | undefined;
  readonly notChecked?: string;
};

/** A case cannot be checked; the message is the reason. */
class NotChecked extends Error {}

/** An act that the broker's side does not offer: the case that needs it is not checked. */
export class NotOffered extends NotChecked {
  constructor(act: string) {
    super(`needs the act ${act}`);
  }
}

const rest = (reason: string) =>
  ["the cases that follow", () => Promise.reject(new NotChecked(reason))] as const;

/** The report's last case of a part that ended at its first failure. */
export const END_OF_PART = rest("the part ended at its first failure");

/** Reports that the rest of a part is not checked: it needs the result of the case before it. */
export const skipRest = (
  run: (suite: string, name: string, work: () => Promise<never>) => Promise<void>,
  suite: string,
): Promise<void> => run(suite, ...rest("they need the result of the case before them"));

/** Takes what is said while cases run; no line of its own. */
export type Say = (text: string) => void;

/** Runs a case; an error that it throws is its fault, unless the case cannot be checked. */
export async function attempt(
  suite: string,
  name: string,
  work: () => Promise<string | undefined>,
  say?: Say,
): Promise<Result> {
  say?.(`${suite}: ${name} … `);
  const result = await (async () => work())().then(
    (fault): Result => ({ suite, name, fault }),
    (error: unknown): Result => {
      const message = error instanceof Error ? error.message : String(error);
      return { suite, name, [error instanceof NotChecked ? "notChecked" : "fault"]: message };
    },
  );
  const { fault, notChecked } = result;
  const failed = fault === undefined ? "passed" : `FAILED: ${fault}`;
  say?.(`${notChecked === undefined ? failed : `not checked: ${notChecked}`}\n`);
  return result;
}
