import { reasonOf } from "../src/explain.ts";
import { FACTS } from "../src/facts.ts";
import { fillCommand, withOptionalParts } from "../src/fill.ts";
import { anchorOf } from "../src/render-arm-error.ts";
import type { ErrorRow, Recoverable, Step, Who } from "../src/row.ts";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../src/table.ts";
import { GENERATED, INTRODUCTION } from "./introduction.ts";
import { wrapMarkdown } from "./wrap-markdown.ts";

const PEOPLE = {
  "security-administrator": "the security administrator",
  "order-owner": "the order owner",
  "site-operator": "the site operator",
  "broker-operator": "the broker's operator",
  nobody: "none needed",
} as const satisfies Record<Who, string>;

const RECOVERABLE = {
  yes: "yes",
  no: "no",
  "until-date": "until the date that the error shows",
} as const satisfies Record<Recoverable, string>;

/** The codes of one file of the table, which have a page of their own. */
export type Family = { readonly name: string; readonly codes: readonly ErrorCode[] };

/**
 * docs/reference/errors.md. Each code is a heading, because answers name this page and the code as
 * its anchor.
 */
export function renderIndex(families: readonly Family[]): string {
  const sections = [
    "## Where the original article is wrong",
    ERROR_CODES.flatMap(correctionOf).join("\n"),
    "## Names in commands",
    Object.entries(FACTS)
      .map(([name, meaning]) => `- \`<${name}>\`: ${meaning}`)
      .join("\n"),
    "## All codes",
    ...families.flatMap(({ name, codes }) => [
      `### ${titleOf(name)}`,
      ...codes.flatMap((code) => [
        `#### [${code}](errors/${name}.md#${anchorOf(code)})`,
        `${ERRORS[code].title}.`,
      ]),
    ]),
  ];
  return [INTRODUCTION, wrapMarkdown(sections.join("\n\n"))].join("\n\n").concat("\n");
}

export function renderFamily({ name, codes }: Family): string {
  const sections = [
    `# Errors: ${titleOf(name)}`,
    GENERATED,
    "[All codes](../errors.md) has the meaning of the names in commands.",
    ...codes.map(renderCode),
  ];
  return wrapMarkdown(sections.join("\n\n")).concat("\n");
}

const titleOf = (family: string): string =>
  family
    .replaceAll("-", " ")
    .replace(/^azure\b/, "Azure")
    .replace(/^arm$/, "Resource Manager");

function correctionOf(code: ErrorCode): string[] {
  const { articleCorrection }: ErrorRow = ERRORS[code];
  if (articleCorrection === undefined) return [];
  return [`- [${code}](#${anchorOf(code)}): ${prose(articleCorrection)}`];
}

function renderCode(code: ErrorCode): string {
  const row: ErrorRow = ERRORS[code];
  return [
    `## ${code}`,
    `**${row.title}.** Class ${row.class}, HTTP status ${row.httpStatus}.`,
    ...renderCause(row),
    `Meanwhile: ${prose(row.meanwhile)}`,
    ...renderReproduce(row.reproduce),
    ...(row.articleCorrection === undefined
      ? []
      : [`Correction of the original article: ${prose(row.articleCorrection)}`]),
    ...Object.keys(row.reasons ?? {}).map((reason) => renderReason(code, reason)),
  ].join("\n\n");
}

function renderReason(code: ErrorCode, name: string): string {
  const row: ErrorRow = ERRORS[code];
  const reason = reasonOf(code, name) ?? row;
  return [
    `### ${code}: ${name}`,
    ...renderCause({ ...row, why: "", ...reason }),
    ...(reason.meanwhile === undefined ? [] : [`Meanwhile: ${prose(reason.meanwhile)}`]),
    ...renderReproduce(reason.reproduce),
  ].join("\n\n");
}

function renderCause(
  cause: Pick<ErrorRow, "message" | "who" | "recoverable" | "ask" | "why" | "steps">,
): string[] {
  return [
    `Failure: ${cause.message}.`,
    ...(cause.why === "" ? [] : [`Cause: ${prose(cause.why)}`]),
    `Action by: ${PEOPLE[cause.who]}. Recoverable: ${RECOVERABLE[cause.recoverable]}.`,
    `At the appliance: “${prose(cause.ask)}”`,
    `Steps:`,
    cause.steps.map((step, index) => renderStep(step, index + 1, cause.who)).join("\n"),
  ];
}

function renderStep(step: Step, number: number, who: Who): string {
  const person = step.for ?? who;
  const text = `${number}. ${person === "nobody" ? "" : `(${PEOPLE[person].replace("the ", "")}) `}${prose(step.text)}`;
  return step.command === undefined ? text : `${text}\n${fence(step.command, "   ")}`;
}

function renderReproduce(command: string | undefined): string[] {
  return command === undefined ? [] : ["Reproduce it in the local stack:", fence(command, "")];
}

function fence(command: string, indent: string): string {
  return ["```sh", fillCommand(command, {}), "```"].map((line) => `${indent}${line}`).join("\n");
}

/** Placeholders as code, since a bare <name> would be taken for HTML. */
function prose(text: string): string {
  return withOptionalParts(text).replace(/\{([a-zA-Z]+)\}/g, "`<$1>`");
}
