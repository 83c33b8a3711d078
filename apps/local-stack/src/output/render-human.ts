import type { StackEvent, Timed } from "../core/events.ts";

const MARKS = { good: "✓", refused: "✗", unreachable: "…" } as const;
export type Tone = keyof typeof MARKS;
/** Width of the mark and the elapsed time before each text. */
const MARGIN = 13;
const STEP_INDENT = "   ";

type Line =
  | string
  /** Text to type: it is never broken. */
  | { readonly command: string };
type Lines = readonly [Tone, ...Line[]];

/**
 * One event as lines for a person: a mark, the elapsed time, the event, and the next step.
 *
 * @param width - columns of the terminal.
 * @param paint - colours the mark
 */
export function renderHuman(
  event: Timed<StackEvent>,
  width: number,
  paint: (tone: Tone, text: string) => string = (_tone, text) => text,
): string {
  const [mark, ...lines] = describe(event);
  const time = `${(event.elapsedMs / 1000).toFixed(2)} s`.padStart(9);
  const text = lines.flatMap((line) =>
    typeof line === "string"
      ? wrapHanging(line, width - MARGIN)
      : [`${STEP_INDENT}$ ${line.command}`],
  );
  return text
    .map((line, index) =>
      index === 0 ? `${paint(mark, MARKS[mark])} ${time}  ${line}` : `${" ".repeat(MARGIN)}${line}`,
    )
    .join("\n");
}

/** Overflowing text goes below the text of its step, not below its number. */
function wrapHanging(line: string, width: number): string[] {
  const number = /^\d+\. /.exec(line)?.[0] ?? "";
  const indent = " ".repeat(number.length);
  return wrap(line.slice(number.length), width - number.length).map((part, index) =>
    index === 0 ? `${number}${part}` : `${indent}${part}`,
  );
}

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
    case "erase":
      return [
        "good",
        `Node ${event.node}: ERASED; every byte was read back as zero, and it has signed that`,
      ];
    case "unlock":
      return describeUnlock(event);
    case "story":
      return ["good", "Demo complete."];
    case "child":
      return [
        "refused",
        `${event.name} has ended (${event.cause}).`,
        "Nothing works without it: stop with Ctrl-C and start again.",
      ];
    case "page":
      return event.outcome === "serving"
        ? ["good", `Node ${event.node}: its page is at ${event.uiUrl}/`]
        : ["refused", `Node ${event.node}: its page has ended (${event.cause}).`];
  }
}

function describeUnlock(event: Extract<StackEvent, { event: "unlock" }>): Lines {
  const { node, purpose, outcome, proof, code, reason, title, message, who, steps = [] } = event;
  if (outcome === "unlocked")
    return [
      "good",
      `Node ${node}: UNLOCKED${purpose === undefined ? "" : ` to ${purpose}`}; ${proof ?? "the volume"} accepted the key`,
    ];
  const cause = [code, reason].filter(Boolean).join(": ");
  return [
    outcome,
    `Node ${node}: ${outcome.toUpperCase()}${title === undefined ? "" : `; ${title}`} [${cause}]`,
    ...(message === undefined ? [] : [`${message}.`]),
    ...(who === undefined ? [] : [`Who must act: ${who.replaceAll("-", " ")}`]),
    ...steps.flatMap(({ text, command }, index): Line[] => [
      `${String(index + 1)}. ${text}`,
      ...(command === undefined ? [] : [{ command }]),
    ]),
  ];
}

/**
 * Breaks text at spaces so that no line is longer than the width; a longer word stays whole, since
 * it is an id or a URL to copy. (The library wrap-ansi is not needed: no colours or wide glyphs.)
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
