/** Events of the process whose listeners change what the next test file sees. */
const EVENTS = [
  "SIGINT",
  "SIGTERM",
  "disconnect",
  "warning",
  "uncaughtException",
  "unhandledRejection",
];
/** Node's names of a server, a socket of datagrams, a child process and a watched file. */
const HELD = new Set(["TCPServerWrap", "UDPWrap", "ProcessWrap", "FSEventWrap", "StatWatcher"]);

/** @returns what a test file can leave behind in its process, one line each */
export function readTraces(): readonly string[] {
  return [
    `folder ${process.cwd()}`,
    `exit code ${String(process.exitCode)}`,
    // oxlint-disable-next-line node/no-process-env -- compared, not read
    ...Object.entries(process.env).map(([name, value]) => `variable ${name}=${value ?? ""}`),
    ...EVENTS.map((event) => `listeners of ${event}: ${String(process.listenerCount(event))}`),
    ...process.getActiveResourcesInfo().filter((name) => HELD.has(name)),
  ].toSorted();
}
