/**
 * Whether the tests that need a program of the machine can run. A developer's machine may lack it,
 * and skips them; in CI no test vanishes.
 *
 * @param name - what to install, for the message.
 * @throws {Error} in CI, when it is missing.
 */
export function requireTool(name: string, isInstalled: boolean): boolean {
  // oxlint-disable-next-line node/no-process-env -- the variable that CI services set
  if (!isInstalled && (process.env["CI"] ?? "") !== "")
    throw new Error(`${name} is missing: in CI, tests that need it must not be skipped`);
  return isInstalled;
}
