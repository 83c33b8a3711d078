import type { Facts } from "./row.ts";

const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;
const OPTIONAL_PART = /\[([^[\]]*)\]/g;
const COMMAND_WORD = /'[^']*'|"[^"]*"|\S+/g;
const SHELL_SAFE = /^[\w@%+=:,./-]+$/;
/** Anything that could break a line, forge a log entry or steer a terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** The longest name that Azure allows is a resource id. */
const FACT_MAX_CHARACTERS = 260;

/**
 * Fills `{name}` from the facts; a missing one is shown as `<name>`. A part in brackets is omitted
 * instead, for a fact that only some reporters of the failure have: `Wait[ {seconds} seconds]`. The
 * result is one printable line.
 */
export function fillText(template: string, facts: Facts): string {
  const kept = template.replace(OPTIONAL_PART, (_, part: string) => {
    const names = Array.from(part.matchAll(PLACEHOLDER), ([, name = ""]) => name);
    return names.every((name) => factOf(facts, name) !== undefined) ? part : "";
  });
  return fillNames(kept, facts);
}

/** The template as if every fact were there. */
export function withOptionalParts(template: string): string {
  return template.replace(OPTIONAL_PART, "$1");
}

/**
 * Like `fillText`, for a command line: a word is quoted when a fact in it could have a meaning for
 * a shell.
 */
export function fillCommand(template: string, facts: Facts): string {
  return Array.from(template.matchAll(COMMAND_WORD), ([word]) => fillWord(word, facts)).join(" ");
}

function fillWord(word: string, facts: Facts): string {
  if (word.search(PLACEHOLDER) === -1) return word;
  const quoted = word.startsWith("'") || word.startsWith('"');
  const bare = quoted ? word.slice(1, -1) : word;
  const filled = fillNames(bare, facts);
  // A hole is left as <name> without quotes: it is for a person to replace.
  const withoutHoles = bare.replace(PLACEHOLDER, (_, name: string) => factOf(facts, name) ?? "");
  if (!quoted && (withoutHoles === "" || SHELL_SAFE.test(withoutHoles))) return filled;
  return `'${filled.replaceAll("'", String.raw`'\''`)}'`;
}

function fillNames(template: string, facts: Facts): string {
  return template.replace(PLACEHOLDER, (_, name: string) => factOf(facts, name) ?? `<${name}>`);
}

/** Untrusted text as one printable line of limited length. */
export function oneLine(text: string, maxCharacters: number): string {
  return text.replace(UNPRINTABLE, " ").slice(0, maxCharacters);
}

function factOf(facts: Facts, name: string): string | undefined {
  const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (fact === undefined || fact === "") return undefined;
  return oneLine(String(fact), FACT_MAX_CHARACTERS);
}
