import type { Page } from "playwright-core";

/** Texts that the reader sees, but for those that say they are in another language than the page. */
export function readTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: string[] = [];
    while (walker.nextNode() !== null) {
      const { parentElement, textContent } = walker.currentNode;
      const text = textContent?.trim() ?? "";
      const language = parentElement?.closest("[lang]")?.getAttribute("lang");
      if (text !== "" && language === document.documentElement.lang) texts.push(text);
    }
    return texts;
  });
}

const SENTENCE = /\p{Letter}+ \p{Ll}+/u;

/** Texts of more than one word that stayed the same when the language changed, and what a missing value leaves behind. */
export function findUntranslated(
  english: readonly string[],
  german: readonly string[],
): readonly string[] {
  const before = new Set(english);
  return german.filter(
    (text) => (before.has(text) && SENTENCE.test(text)) || /\bundefined\b|\[object |=>/.test(text),
  );
}
