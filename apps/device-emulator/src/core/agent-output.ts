/** One line of `databox-agent --json`, as far as the emulator reads it. */
export type AgentOutputEvent = {
  readonly event: string;
  readonly outcome: string;
  readonly node?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly class?: string;
  readonly volume?: string;
  readonly proof?: string;
  readonly elapsedMs?: number;
  readonly [member: string]: unknown;
};

/** @throws {SyntaxError} when the agent printed anything else */
export function parseAgentOutput(stdout: string): AgentOutputEvent[] {
  return stdout
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!isEvent(value)) throw new SyntaxError("a line without event and outcome");
      return value;
    });
}

function isEvent(value: unknown): value is AgentOutputEvent {
  return (
    typeof value === "object" &&
    value !== null &&
    "event" in value &&
    typeof value.event === "string" &&
    "outcome" in value &&
    typeof value.outcome === "string"
  );
}
