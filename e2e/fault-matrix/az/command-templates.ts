import {
  ERROR_CODES,
  ERRORS,
  type ErrorCode,
  type ErrorRow,
  explain,
  type Facts,
} from "@databox-cmk/errors";

export type CommandTemplate = {
  /** The command in docs/reference/errors.md, with `<name>` for placeholders. */
  readonly text: string;
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly index: number;
};

/** Every command of az in the steps of every code and reason, once each. */
export function azTemplates(): readonly CommandTemplate[] {
  const templates = new Map<string, CommandTemplate>();
  for (const code of ERROR_CODES) {
    const { reasons }: ErrorRow = ERRORS[code];
    for (const reason of [undefined, ...Object.keys(reasons ?? {})])
      for (const [index, { command }] of explain(code, { reason }).steps.entries())
        if (command?.startsWith("az ") === true && !templates.has(command))
          templates.set(command, { text: command, code, reason, index });
  }
  return [...templates.values()];
}

/** The command with the names of an order. */
export function fillTemplate({ code, reason, index }: CommandTemplate, facts: Facts): string {
  return explain(code, { reason, facts }).steps[index]?.command ?? "";
}

/** Whether a command that was run is this one with some names filled in. */
export function isFilled({ text }: CommandTemplate, command: string): boolean {
  const pattern = text
    .split(/<[a-zA-Z]+>/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join(".+");
  return new RegExp(`^${pattern}$`).test(command);
}

/**
 * The documentation's command that causes a failure, where it is one of az. The names of a test
 * need no quotes.
 */
export function fillReproduce(
  { code, reason }: { readonly code: ErrorCode; readonly reason?: string },
  facts: Facts,
): string | undefined {
  const row: ErrorRow = ERRORS[code];
  const command = row.reasons?.[reason ?? ""]?.reproduce ?? row.reproduce;
  return command?.startsWith("az ") === true
    ? command.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => String(facts[name]))
    : undefined;
}
