import type { StackEvent, Timed } from "../core/events.ts";

const MARKS = { good: "✓", refused: "✗", unreachable: "…", neutral: "·" } as const;

/** One event as the lines that a person reads: a mark, the elapsed time, what happened, and what to do about it. */
export function renderHuman(event: Timed<StackEvent>): string {
  const [mark, text, ...rest] = describe(event);
  const time = `${(event.elapsedMs / 1000).toFixed(2)} s`.padStart(9);
  return [
    `${MARKS[mark]} ${time}  ${text}`,
    ...rest.map((line) => `${" ".repeat(13)}${line}`),
  ].join("\n");
}

type Lines = readonly [keyof typeof MARKS, string, ...string[]];

function describe(event: StackEvent): Lines {
  switch (event.event) {
    case "stack":
      return ["good", `The local stack is up; ${event.stackFile} says where.`];
    case "step":
      return ["good", `${event.step}: ${event.detail}`];
    case "prepare":
      return ["good", `Node ${event.node}: ${event.outcome} (volume ${event.volume})`];
    case "lock":
      return ["good", `Node ${event.node}: ${event.outcome}`];
    case "unlock":
      return describeUnlock(event);
    case "story":
      return ["good", "The story is told."];
  }
}

function describeUnlock(event: Extract<StackEvent, { event: "unlock" }>): Lines {
  if (event.outcome === "unlocked") {
    return [
      "good",
      `Node ${event.node}: UNLOCKED; ${event.proof ?? "the volume"} accepted the key`,
    ];
  }
  const code = [event.code, event.reason].filter(Boolean).join(", ");
  const steps = (event.steps ?? []).flatMap((step, index) => [
    `${String(index + 1)}. ${step.text}`,
    ...(step.command === undefined ? [] : [`   $ ${step.command}`]),
  ]);
  const who = event.who === undefined ? [] : [`Who must act: ${event.who.replaceAll("-", " ")}`];
  return [event.outcome, `Node ${event.node}: ${event.outcome} (${code})`, ...who, ...steps];
}
