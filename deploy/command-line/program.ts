/** A program by its command line, for its man page and its completion. */
export type Program = {
  /** The command that a person types. */
  readonly name: string;
  /** Allowed with every command. */
  readonly general: readonly Option[];
  readonly commands: readonly ProgramCommand[];
};

export type ProgramCommand = {
  /** `unlock`, or `keys rotate` for a command of a group. */
  readonly name: string;
  readonly help: string;
  readonly argument?: { readonly value: Value; readonly help: string };
  readonly options: readonly Option[];
};

/** `value` is absent for a flag. */
export type Option = { readonly name: string; readonly help: string; readonly value?: Value };

/** Help shows it: `FILE`, `URL`, or the values themselves, `tpm|file|auto`. */
export type Value = string;

export const isPath = (value: Value): boolean => /^(?:FILE|PATH|FOLDER|PROGRAM)\b/.test(value);

export const choicesOf = (value: Value): readonly string[] =>
  /^[a-z0-9-]+(?:\|[a-z0-9-]+)+$/.test(value) ? value.split("|") : [];
