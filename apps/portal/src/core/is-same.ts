/** Whether two values of a form have the same content, in the same order of members. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Why values could not be saved, while the form still has these values. */
export function failureOf<Value>(
  saving: { readonly error: Error | null; readonly variables: Value | undefined },
  value: Value | undefined,
): Error | null {
  return isSame(saving.variables, value) ? saving.error : null;
}
