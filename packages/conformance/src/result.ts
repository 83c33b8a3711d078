/**
 * The result of one case; `fault` is one sentence, absent when it passed. A case that was not checked
 * has the reason instead.
 */
export type Result = {
  readonly suite: string;
  readonly name: string;
  readonly fault?: string;
  readonly notChecked?: string;
};

/** An act that the broker's side does not offer: the case that needs it is not checked. */
export class NotOffered extends Error {
  constructor(act: string) {
    super(`needs the act ${act}`);
  }
}

/** Runs a case; an error that it throws is its fault, unless an act was not offered. */
export async function attempt(
  suite: string,
  name: string,
  work: () => Promise<string | undefined>,
): Promise<Result> {
  try {
    const fault = await work();
    return { suite, name, ...(fault !== undefined && { fault }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof NotOffered
      ? { suite, name, notChecked: message }
      : { suite, name, fault: message };
  }
}
