/** One line of `databox-agent --json`, as far as the programs that run an agent read it. */
export type AgentEvent = {
  readonly event: string;
  readonly outcome: string;
  readonly code?: string;
  readonly [member: string]: unknown;
};

export type AgentRun = {
  readonly exitCode: number;
  readonly events: readonly AgentEvent[];
  /** The agent's output beside its events: empty, unless it crashed. */
  readonly stderr: string;
};

/** @throws {SyntaxError} when the agent printed anything else */
export function parseAgentOutput(stdout: string): readonly AgentEvent[] {
  return stdout
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!isEvent(value)) throw new SyntaxError(`no event of the agent: ${line}`);
      return value;
    });
}

function isEvent(value: unknown): value is AgentEvent {
  return (
    typeof value === "object" &&
    value !== null &&
    "event" in value &&
    typeof value.event === "string" &&
    "outcome" in value &&
    typeof value.outcome === "string"
  );
}
