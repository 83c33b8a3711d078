import { totalmem } from "node:os";

const MIB = 1024 * 1024;
/** A broker without connections, with full caches and all requests in progress. */
const OWN_BYTES = 200 * MIB;
/**
 * An open connection with its TLS session, its last request and a watch that waits: the one that
 * holds most (measurements: docs/operate/capacity.md).
 */
const CONNECTION_BYTES = 152 * 1024;
/** A small machine still serves some; above the other limit, the processor is full first. */
const CONNECTIONS_LEAST = 100;
const CONNECTIONS_MOST = 25_000;

/** The memory of the container, or of the machine, in bytes. */
export function readMemoryLimit(): number {
  const constrained = process.constrainedMemory();
  // Node returns 0 where it does not know, and a huge number where there is no limit.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** How many connections fit, beside everything else that a broker holds. */
export function connectionsWithin(memoryBytes: number): number {
  const fitting = Math.floor((memoryBytes - OWN_BYTES) / CONNECTION_BYTES);
  return Math.min(Math.max(fitting, CONNECTIONS_LEAST), CONNECTIONS_MOST);
}

/**
 * @param set - MAX_CONNECTIONS; 0: no limit
 * @returns what is wrong with a limit that the memory does not hold
 */
export function judgeConnections(
  set: number | "memory",
  memoryBytes: number,
): { readonly limit: number; readonly fault?: string } {
  const fitting = connectionsWithin(memoryBytes);
  if (set === "memory") return { limit: fitting };
  const neededBytes = OWN_BYTES + set * CONNECTION_BYTES;
  if (set > 0 && neededBytes <= memoryBytes) return { limit: set };
  const fault = `MAX_CONNECTIONS: ${set === 0 ? "no limit is" : `${String(set)} need ${inMib(neededBytes)}, which is`} more than the ${inMib(memoryBytes)} of this process; about ${String(fitting)} fit`;
  return { limit: set, fault };
}

export const inMib = (bytes: number): string => `${String(Math.round(bytes / MIB))} MiB`;
