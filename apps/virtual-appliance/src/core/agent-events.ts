/** One line of `databox-agent --json`, as far as the host reads it. */
export type AgentEvent = {
  readonly event: string;
  readonly outcome: string;
  readonly [member: string]: unknown;
};

export type AgentRun = {
  readonly exitCode: number;
  readonly events: readonly AgentEvent[];
  readonly stderr: string;
};

/** @throws {SyntaxError} when the agent printed anything else */
export function parseAgentEvents(stdout: string): readonly AgentEvent[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!isEvent(value)) throw new SyntaxError(`no event of the agent: ${line}`);
      return value;
    });
}

function isEvent(value: unknown): value is AgentEvent {
  if (typeof value !== "object" || value === null) return false;
  return "event" in value && typeof value.event === "string" && "outcome" in value;
}
