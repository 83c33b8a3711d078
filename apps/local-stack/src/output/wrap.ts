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
