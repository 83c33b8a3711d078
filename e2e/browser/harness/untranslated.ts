import type { Page } from "playwright-core";

/**
 * Texts that the reader sees, but for those that say they are in another language than the page.
 */
export async function readTexts(page: Page): Promise<readonly string[]> {
  const texts = await readAllTexts(page);
  return texts.filter(({ isForeign }) => !isForeign).map(({ text }) => text);
}

/** Elements that declare another language than the page's, and commands, which have none. */
export async function readForeignTexts(page: Page): Promise<readonly string[]> {
  const texts = await readAllTexts(page);
  return texts
    .filter(({ isForeign, isCommand }) => isForeign && !isCommand)
    .map(({ text }) => text);
}

function readAllTexts(page: Page) {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: { text: string; isForeign: boolean; isCommand: boolean }[] = [];
    while (walker.nextNode() !== null) {
      const { parentElement, textContent } = walker.currentNode;
      const text = textContent?.trim() ?? "";
      const language = parentElement?.closest("[lang]")?.getAttribute("lang");
      const isForeign = language !== document.documentElement.lang;
      const isCommand = parentElement?.closest("code") !== null;
      if (text !== "") texts.push({ text, isForeign, isCommand });
    }
    return texts;
  });
}

const SENTENCE = /\p{Letter}+ \p{Ll}+/u;

/**
 * Texts of more than one word that stayed the same when the language changed, and remains of a
 * missing value.
 */
export function findUntranslated(
  english: readonly string[],
  german: readonly string[],
): readonly string[] {
  const before = new Set(english);
  return german.filter(
    (text) => (before.has(text) && SENTENCE.test(text)) || /\bundefined\b|\[object |=>/.test(text),
  );
}
