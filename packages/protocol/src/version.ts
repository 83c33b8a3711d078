/**
 * The version of the broker and the agent, which are released together. Everything that names a
 * version reads it: `--version`, metrics, traces, device messages and the Debian package.
 */
export const VERSION = "0.1.0";
