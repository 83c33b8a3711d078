/**
 * The command with a user's rights, which the file system checks: without this capability, root may
 * still read everything, and write only where the permissions allow it.
 */
export function withUserRights(
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  if (process.getuid?.() !== 0) return command;
  const without = ["inh-caps", "bounding-set"].map((set) => `--${set}=-dac_override`);
  return ["setpriv", ...without, "--", ...command];
}
