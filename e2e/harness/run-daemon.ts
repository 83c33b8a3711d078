import type { EmulatedNode } from "@databox-cmk/device-emulator";

import { type AgentProcess, type PrintedEvent, startAgent } from "./agent-process.ts";

export type Daemon = AgentProcess;
export type DaemonEvent = PrintedEvent;

/** `databox-agent serve` of a node, as its service manager runs it. */
export async function runDaemon(node: EmulatedNode): Promise<Daemon> {
  const daemon = startAgent(node, ["serve"]);
  await daemon.event(({ outcome }) => outcome === "serving");
  return daemon;
}
