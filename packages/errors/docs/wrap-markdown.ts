const WIDTH = 100;
/** Words, with code spans kept whole. */
const WORDS = /(?:`[^`]*`|[^\s`])+/g;
/** A line that began with one of these would read as a list, a heading or a quotation. */
const MARKER = /^(?:[-+*#>]|\d+[.)])$/;
const UNWRAPPED = /^\s*(?:#|<|\||$)/;

/**
 * Wraps each paragraph and list item, given as one line, at 100 characters. Code stays as it is.
 */
export function wrapMarkdown(text: string): string {
  let isCode = false;
  return text
    .split("\n")
    .map((line) => {
      const isFence = line.trimStart().startsWith("```");
      if (isFence) isCode = !isCode;
      return isFence || isCode || UNWRAPPED.test(line) ? line : wrapLine(line);
    })
    .join("\n");
}

function wrapLine(text: string): string {
  const [, first = "", rest = ""] = /^(\s*(?:[-*] |\d+\. )?)(.*)$/.exec(text) ?? [];
  return wrapProse(rest, first);
}

/** Wraps one paragraph. @param first - what its first line begins with, such as `- ` */
export function wrapProse(text: string, first = ""): string {
  const indent = " ".repeat(first.length);
  const lines: string[] = [];
  let line = first;
  for (const [at, word] of (text.match(WORDS) ?? []).entries()) {
    if (at > 0 && line.length + 1 + word.length > WIDTH && !MARKER.test(word)) {
      lines.push(line);
      line = indent + word;
    } else line += at === 0 ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}
