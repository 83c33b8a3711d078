/**
 * Breaks text at spaces so that no line is longer than the width; a word that is longer stays whole, since it is an id or
 * a URL that somebody wants to copy. (wrap-ansi was looked at; nothing here has colours or wide glyphs.)
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
