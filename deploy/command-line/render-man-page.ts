import { sourceDateSeconds } from "../sources.ts";
import type { Option, Program } from "./program.ts";

/** The parts of a man page other than commands and options. */
export type Manual = {
  /** One line. */
  readonly purpose: string;
  readonly description: string;
  readonly exitStatus: string;
  /** Sections after that, by heading: a term, and its meaning. */
  readonly sections: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly seeAlso: readonly string[];
};

/** A page of section 8 in roff (man(7)). */
export function renderManPage({ name, general, commands }: Program, manual: Manual): string {
  const date = new Date(sourceDateSeconds() * 1000).toISOString().slice(0, 10);
  const parts = [
    `.TH ${escape(name.toUpperCase())} 8 ${date} "Data Box CMK" "System Manager's Manual"`,
    ".SH NAME",
    `${escape(name)} \\- ${escape(manual.purpose)}`,
    ".SH SYNOPSIS",
    `.B ${escape(name)}`,
    ".RI [ OPTION ]...",
    ".RI [ COMMAND ]",
    ".SH DESCRIPTION",
    escape(manual.description),
    ".SH COMMANDS",
    ...commands.flatMap(({ name: command, argument, help, options }) => [
      `.SS ${escape(command)}${argument === undefined ? "" : ` ${escape(argument.value)}`}`,
      sentence(help),
      ...(argument?.help ? [".TP", `.I ${escape(argument.value)}`, sentence(argument.help)] : []),
      ...options.flatMap(describe),
    ]),
    ".SH OPTIONS",
    ...general.flatMap(describe),
    ".SH EXIT STATUS",
    escape(manual.exitStatus),
    ...Object.entries(manual.sections).flatMap(([heading, terms]) => [
      `.SH ${heading}`,
      ...terms.flatMap(([term, meaning]) => [".TP", `.I ${escape(term)}`, escape(meaning)]),
    ]),
    ".SH SEE ALSO",
    manual.seeAlso.map((page) => `.BR ${escape(page).replace("(", " (")}`).join(" ,\n"),
  ];
  return `${parts.join("\n")}\n`;
}

function describe({ name, value, help }: Option): readonly string[] {
  const shown = value === undefined ? "" : ` \\fI${escape(value)}\\fR`;
  return [".TP", `.B ${escape(`--${name}`)}${shown}`, sentence(help)];
}

function sentence(help: string): string {
  // A file's name stays as it is.
  return `${escape(help.replace(/^[a-z](?=[a-z]*(?:[\s,;:]|$))/, (letter) => letter.toUpperCase()))}.`;
}

/**
 * Escapes characters with a meaning in roff: a hyphen, and a control character at the start of a
 * line.
 */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}
