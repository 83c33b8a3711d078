// Counts constructions in our prose that must be read twice (docs/design/wording.md): free
// relatives, fragments, negations without a verb. Prose is comments and Markdown; texts are the
// sentences in string literals, JSX and en.json: page texts, help, error and log messages, test
// titles.
// Prints a figure per 1,000 lines for prose and for texts; --list: each construction, too.
//
//   node tools/prose.mjs [--list] [PATH …]
//
// It exits 1 when a paragraph with a line that is not on origin/main has such a construction, when
// either figure is above LIMIT, when prose names a file that is not there, when a line of it is too
// long, or when an identifier is one of the words that plainer ones replaced. It names each place.
// vale and alex, the libraries examined, have no such rules.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { parseAst } from "vitest/node";

import { endsOf, findAbsentFiles } from "./absent-files.mjs";
import { changedLines, readChanges } from "./changed-lines.mjs";
import { findLongLines } from "./long-lines.mjs";
import { root } from "./set-up/paths.mjs";

/** Constructions in 1,000 lines of prose. */
export const LIMIT = 5;

/** Name → expression over one sentence. */
const CONSTRUCTIONS = {
  "sentence begins with a free relative":
    /^(?:What|Whoever|Whatever|Whose|Whichever|Who(?! must act))\b(?!.*\?$)/,
  "free relative": /\b(?:whoever|whosoever|what(?:so)?ever(?! the\b)|whichever(?! comes first))\b/i,
  "free relative as object":
    /\b(?:of|by|for|from|in|with|to|on|against|than|and|but|after|beside) what\b/i,
  "what stands": /\bwhat (?:stands|is left|came|comes|was|follows|goes|fails|belongs|remains)\b/i,
  nobody: /\b(?:nobody|no one|somebody|everybody)\b/i,
  "is no": /(?<!there )\b(?:is|are|was|were|be) no (?!longer\b|more than\b|one\b|such\b)[a-z]/i,
  anew: /\banew\b/i,
  "no more": /\b(?:no more\b(?! than)|not any ?more\b|any more\b(?=[.,;:)]|$))/i,
  "looked at": /\b(?:looked at|looks at|looked for)\b|(?<!^|\) |\. )\b[Ll]ook at\b/,
  fragment:
    /^(?:Of|The same of|As|By(?! default\b)|That(?! \w+ (?:is|was|has)\b)|Where|Than|And|But|So that)\b[^,;:]*[.]$/,
  picture:
    /\b(?:hangs? on|its time is over|stands? in for|under way|at work\b|all the same|in the words of|a word of|hears? of|is told|are told|was told|were told|tells? of|lays? hands|gives? way|goes on with)\b/i,
};

/** Identifiers that must be read twice; each has a plainer name now. `keyInForce` is on the wire. */
const REPLACED_NAMES =
  /\b(?:goOn|goAway|comeBack|isToBeMadeAnew|keyInForce\w+|\w+KeyInForce\w*)\b/g;

const FILES = /\.(?:ts|tsx|mts|mjs|md|sh|sql|yaml|yml|bicep)$|\/en\.json$/;
const LEFT_OUT =
  /(?:^|\/)(?:pnpm-lock\.yaml|node_modules|dist|vectors)\b|CHANGELOG\.md$|^tools\/prose/;

const SOURCE = /\.(?:ts|tsx|mts|mjs)$/;
/** German has rules of its own. */
const GERMAN = /[äöüß]|\b(?:und|nicht|wird|ist|einer?|dieser?|kein|dem)\b/i;
const WORD = /(?<!\S)["'“(]*[A-Za-z][A-Za-z'’-]*[.,;:!?)"”']*(?!\S)/g;

/** Identifiers, paths, commands and queries have no four words in a row. */
const isSentence = (text) => (text.match(WORD) ?? []).length >= 4 && !GERMAN.test(text);

const catalogueBlocks = (text) =>
  text.split("\n").flatMap((line, index) => {
    const words = /^\s*(?:"[^"]*": )?"(.*)",?$/.exec(line)?.[1] ?? "";
    return isSentence(words) ? [{ line: index + 1, lines: [words] }] : [];
  });

/** Sentences in the string literals and JSX of a source file, or in a catalogue of texts. */
function textBlocks(name, text) {
  if (name.endsWith(".json")) return catalogueBlocks(text);
  if (!SOURCE.test(name)) return [];
  const lineStarts = [0];
  for (const { index } of text.matchAll(/\n/g)) lineStarts.push(index + 1);
  const blocks = [];
  const add = ({ start }, words) => {
    if (!isSentence(words)) return;
    const line = lineStarts.findLastIndex((at) => at <= start) + 1;
    blocks.push({ line, lines: words.split("\n") });
  };
  const visit = (node) => {
    if (Array.isArray(node)) {
      for (const each of node) visit(each);
      return;
    }
    if (node === null || typeof node !== "object") return;
    if (node.type === "TaggedTemplateExpression") return;
    if (node.type === "Literal" && typeof node.value === "string") add(node, node.value);
    else if (node.type === "JSXText") add(node, node.value);
    else if (node.type === "TemplateLiteral")
      add(node, node.quasis.map(({ value }) => value.cooked).join("X"));
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(text, { lang: name.endsWith("x") ? "tsx" : "ts" }).body);
  return blocks;
}

function markdownBlocks(text) {
  const blocks = [];
  let isCode = false;
  let block;
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*(```|~~~)/.test(line)) {
      isCode = !isCode;
      block = undefined;
      continue;
    }
    if (isCode || /^\s*$/.test(line) || /^\|?[\s|:-]+\|?$/.test(line)) {
      block = undefined;
      continue;
    }
    if (/^\s*\|/.test(line)) {
      for (const cell of line.split("|"))
        if (/\w+ \w+/.test(cell)) blocks.push({ line: index + 1, lines: [cell] });
      block = undefined;
      continue;
    }
    if (block === undefined || /^\s*(?:[-*]|\d+\.|#+|>)\s/.test(line)) {
      block = { line: index + 1, lines: [] };
      blocks.push(block);
    }
    block.lines.push(line.replace(/^\s*(?:[-*]|\d+\.|#+|>)\s+/, ""));
  }
  return blocks;
}

function commentBlocks(text) {
  const blocks = [];
  const lines = text.split("\n");
  let block;
  let isDoc = false;
  for (const [index, line] of lines.entries()) {
    const single = /(?:^|[\s;{}),])\/\/\s?(.*)$/.exec(line);
    if (!isDoc && /^\s*(?:\{)?\/\*\*?/.test(line)) {
      isDoc = true;
      block = { line: index + 1, lines: [] };
      blocks.push(block);
    }
    if (isDoc) {
      const isEnd = line.includes("*/");
      const words = line
        .replace(/^\s*\{?\/\*\*?\s?/, "")
        .replace(/\s*\*\/.*$/, "")
        .replace(/^\s*\*\s?/, "");
      if (/^\s*@|^\s*$/.test(words)) {
        block = { line: index + 1, lines: [] };
        blocks.push(block);
      }
      block.lines.push(words.replace(/^\s*@\w+(?: \{\w+\})?(?: \w+)?(?: -)?/, ""));
      if (isEnd) {
        isDoc = false;
        block = undefined;
      }
      continue;
    }
    if (single !== null && !/oxlint-|@ts-|https?:$/.test(line)) {
      if (block === undefined || !/^\s*\/\//.test(line)) {
        block = { line: index + 1, lines: [] };
        blocks.push(block);
      }
      block.lines.push(single[1]);
    } else block = undefined;
  }
  return blocks;
}

function hashBlocks(text) {
  const blocks = [];
  let block;
  for (const [index, line] of text.split("\n").entries()) {
    const comment = /^\s*(?:#|--)\s(.*)$/.exec(line);
    if (comment === null) {
      block = undefined;
      continue;
    }
    if (block === undefined) {
      block = { line: index + 1, lines: [] };
      blocks.push(block);
    }
    block.lines.push(comment[1]);
  }
  return blocks;
}

function sentencesOf(blocks) {
  return blocks.flatMap(({ line, lines }) => {
    const text = lines
      .join(" ")
      .replaceAll(/`[^`]*`/g, "X")
      .replaceAll(/\s+/g, " ")
      .trim();
    return text
      .split(/(?<=[.?!:;])\s+(?=[A-Z"“(])/)
      .filter((sentence) => sentence !== "")
      .map((sentence) => ({ line, text: sentence, lines: lines.length }));
  });
}

export function prosePartsOf(name, text) {
  if (name.endsWith(".md")) return markdownBlocks(text);
  return SOURCE.test(name) || name.endsWith(".bicep") ? commentBlocks(text) : hashBlocks(text);
}

const linesOf = (blocks) =>
  blocks.reduce((sum, { lines }) => sum + lines.filter((line) => line.trim() !== "").length, 0);

const constructionsIn = (blocks) =>
  sentencesOf(blocks).flatMap((sentence) =>
    Object.entries(CONSTRUCTIONS)
      .filter(([, expression]) => expression.test(sentence.text))
      .map(([construction]) => ({ ...sentence, construction })),
  );

export const findConstructions = (name, text) => constructionsIn(prosePartsOf(name, text));
export const findReplacedNames = (name, text) =>
  SOURCE.test(name) ? [...text.matchAll(REPLACED_NAMES)].map(([found]) => found) : [];
export const findInTexts = (name, text) => constructionsIn(textBlocks(name, text));

const read = (name) => readFileSync(join(root, name), "utf8");
const listed = (...given) =>
  execFileSync("git", ["-C", root, "ls-files", ...given], { encoding: "utf8" }).split("\n");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isListing = process.argv.includes("--list");
  const paths = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  const written = listed("--", ...paths).filter((name) => FILES.test(name));
  const names = written.filter((name) => !LEFT_OUT.test(name));
  for (const name of written.filter((each) => !/(?:^|\/)vectors\/|pnpm-lock/.test(each)))
    for (const line of findLongLines(name, read(name))) {
      console.log(`${name}:${String(line)} is longer than 100 characters`);
      process.exitCode = 1;
    }
  for (const name of names)
    for (const found of findReplacedNames(name, read(name))) {
      console.log(`${name} has the name ${found}, which a plainer one replaced`);
      process.exitCode = 1;
    }
  const ends = endsOf(listed("--cached", "--others", "--exclude-standard"));
  const changed = changedLines(readChanges());
  for (const { kind, blocksOf } of [
    { kind: "prose", blocksOf: prosePartsOf },
    { kind: "texts", blocksOf: textBlocks },
  ]) {
    const found = [];
    let lines = 0;
    for (const name of names) {
      const blocks = blocksOf(name, read(name));
      const isNew = changed(name);
      found.push(...constructionsIn(blocks).map((one) => ({ name, isNew: isNew(one), ...one })));
      lines += linesOf(blocks);
      for (const { line, file } of kind === "prose" ? findAbsentFiles(blocks, ends) : []) {
        console.log(`${name}:${String(line)} names a file that is not there: ${file}`);
        process.exitCode = 1;
      }
    }
    const rate = (1000 * found.length) / Math.max(1, lines);
    const isAbove = rate > LIMIT;
    if (isAbove || found.some(({ isNew }) => isNew)) process.exitCode = 1;
    for (const { name, line, isNew, construction, text } of found)
      if (isListing || isAbove || isNew)
        console.log(`${name}:${String(line)} [${construction}] ${text}`);
    const counted = `${String(found.length)} constructions in ${String(lines)} lines of ${kind}`;
    console.log(`${counted}: ${rate.toFixed(1)} in 1,000 (limit ${String(LIMIT)})`);
  }
}
