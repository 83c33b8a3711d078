/**
 * English templates of the table of codes, each with the same text in another language: the same
 * `{placeholders}`, the same parts in `[brackets]` (see `Step` of packages/errors).
 */
export type Phrases = Readonly<Record<string, string>>;

/** A part of a text; `lang` if its language differs from the page's. */
export type TextPart = { readonly text: string; readonly lang?: "en" };

type Pattern = { readonly filled: RegExp; readonly translation: string };

const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;
const OPTIONAL_PART = /(\[[^[\]]*\])/;
/** `fillText` cuts a fact there. */
const FACT_MAX_CHARACTERS = 260;
/** All our texts are far shorter, and a longer one is not worth a search. */
const TEXT_MAX_CHARACTERS = 4_000;
/**
 * The end of a message, before the detail of the case: "message: detail.", "message (detail)"; or
 * "message."
 */
const MESSAGE_END = /: | (?=\()|(?=\.$)/g;
/** Some answers give the problem in one line and the action in the next. */
const LINE_END = /(\r\n)/;

/**
 * Turns a filled sentence of the table of codes into the language of the phrases. Servers and
 * appliances write it in English for every reader, since logs and signatures hold it; so the
 * English template is the key, as with gettext. A detail after a message, and a text without a
 * phrase, stays English and is marked as English.
 */
export function createTranslator(phrases: Phrases): (text: string) => readonly TextPart[] {
  const whole = new Map(Object.entries(phrases));
  const patterns = [...whole]
    .filter(([template]) => template.search(PLACEHOLDER) !== -1)
    // If two templates match, the one with less free text wins.
    .toSorted(([a], [b]) => literalLength(b) - literalLength(a))
    .map(([template, translation]) => ({ filled: patternOf(template), translation }));

  const translateSentence = (text: string): string | undefined =>
    whole.get(text) ?? translateFilled(text, patterns);

  function translateLine(line: string): readonly TextPart[] {
    const sentence = translateSentence(line);
    if (sentence !== undefined) return [{ text: sentence }];
    // From the end: a message may hold a colon of its own.
    for (const { index, 0: between } of [...line.matchAll(MESSAGE_END)].toReversed()) {
      const message = whole.get(line.slice(0, index));
      if (message === undefined) continue;
      const detail = line.slice(index + between.length);
      return detail === "."
        ? [{ text: `${message}.` }]
        : [{ text: message + between }, { text: detail, lang: "en" }];
    }
    return [{ text: line, lang: "en" }];
  }

  return (text) => {
    if (text.length > TEXT_MAX_CHARACTERS) return [{ text, lang: "en" }];
    return text
      .split(LINE_END)
      .flatMap((line) => (LINE_END.test(line) ? [{ text: line }] : translateLine(line)));
  };
}

function translateFilled(text: string, patterns: readonly Pattern[]): string | undefined {
  for (const { filled, translation } of patterns) {
    const facts = filled.exec(text)?.groups;
    if (facts !== undefined) return fill(translation, facts);
  }
  return undefined;
}

/**
 * The pattern of the texts that `fillText` makes of a template: each fact is a group of its name.
 */
function patternOf(template: string): RegExp {
  const seen = new Set<string>();
  const parts = template.split(OPTIONAL_PART).map((part) => {
    const isOptional = OPTIONAL_PART.test(part);
    const source = sourceOf(isOptional ? part.slice(1, -1) : part, seen);
    return isOptional ? `(?:${source})?` : source;
  });
  return new RegExp(`^${parts.join("")}$`);
}

function sourceOf(part: string, seen: Set<string>): string {
  // Odd pieces are the names between the literal ones.
  const pieces = part.split(PLACEHOLDER).map((piece, index) => {
    if (index % 2 === 0) return piece.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
    if (seen.has(piece)) return String.raw`\k<${piece}>`;
    seen.add(piece);
    return `(?<${piece}>.{1,${FACT_MAX_CHARACTERS}}?)`;
  });
  return pieces.join("");
}

function fill(translation: string, facts: Readonly<Record<string, string | undefined>>): string {
  return translation
    .split(OPTIONAL_PART)
    .map((part) => {
      if (!OPTIONAL_PART.test(part)) return part;
      const names = Array.from(part.matchAll(PLACEHOLDER), ([, name = ""]) => name);
      return names.every((name) => facts[name] !== undefined) ? part.slice(1, -1) : "";
    })
    .join("")
    .replaceAll(PLACEHOLDER, (_, name: string) => facts[name] ?? "");
}

function literalLength(template: string): number {
  return template.replaceAll(PLACEHOLDER, "").length;
}
