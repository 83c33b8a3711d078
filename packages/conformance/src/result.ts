/** The result of one case; `fault` is one sentence, absent when it passed. */
export type Result = { readonly suite: string; readonly name: string; readonly fault?: string };

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
