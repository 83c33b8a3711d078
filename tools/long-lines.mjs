/** The width at which comments and Markdown are wrapped. */
const WIDTH = 100;
/** An address, a link, a code span or a type that cannot be broken, or a directive. */
const UNBREAKABLE = /https?:|\]\(|`[^`]{40,}`|\S{60,}|oxlint-|@ts-|@param \{\{/;
const COMMENT = /^\s*(?:\/\/|\*|\/\*|#|--)\s/;
const FENCE = /^\s*(?:```|~~~)/;
/** A generated page quotes whole titles of tests. */
const GENERATED = /^<!-- Generated/m;

/**
 * Lines of comments or Markdown that should have been wrapped.
 *
 * @returns {number[]} counted from 1
 */
export function findLongLines(name, text) {
  const isMarkdown = name.endsWith(".md");
  if (isMarkdown && GENERATED.test(text)) return [];
  let isCode = false;
  return text.split("\n").flatMap((line, index) => {
    if (isMarkdown && FENCE.test(line)) isCode = !isCode;
    const isProse = isMarkdown ? !isCode && !/^\s*(?:\||<\w)/.test(line) : COMMENT.test(line);
    // Characters as a reader counts them.
    return isProse && [...line].length > WIDTH && !UNBREAKABLE.test(line) ? [index + 1] : [];
  });
}
