const WIDTH = 100;
/** Words, with code spans kept whole. */
const WORDS = /(?:`[^`]*`|[^\s`])+/g;
/** A line that began with one of these would read as a list, a heading or a quotation. */
const MARKER = /^(?:[-+*#>]|\d+[.)])$/;

/** A paragraph of Markdown in lines of at most 100 characters, as the other pages are wrapped. */
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
