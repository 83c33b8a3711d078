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

/** Runs a case; an error that it throws is its fault. */
export async function attempt(
  suite: string,
  name: string,
  work: () => Promise<string | undefined>,
): Promise<Result> {
  const fault = await work().catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  return { suite, name, ...(fault !== undefined && { fault }) };
}
