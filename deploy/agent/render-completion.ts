import { COMMAND_HELP, COMMAND_OPTIONS, GLOBAL_OPTIONS } from "@databox-cmk/device-agent";

/**
 * Completions of databox-agent for bash, zsh and fish, from the agent's own tables. They are files and
 * not a command of the agent: a shell would start Node at each press of the tab key.
 *
 * @returns path below the root of an installed system → content
 */
export function renderCompletions(): Readonly<Record<string, string>> {
  return {
    "usr/share/bash-completion/completions/databox-agent": renderBash(),
    "usr/share/zsh/vendor-completions/_databox-agent": renderZsh(),
    "usr/share/fish/vendor_completions.d/databox-agent.fish": renderFish(),
  };
}

type Row = { readonly kind: string; readonly value?: string; readonly help: string };
type NamedRow = readonly [name: string, row: Row];

const GENERAL: readonly NamedRow[] = Object.entries(GLOBAL_OPTIONS);
const OWN = new Map<string, readonly NamedRow[]>(
  Object.entries(COMMAND_OPTIONS).map(([command, rows]) => [command, Object.entries<Row>(rows)]),
);
const HELP: readonly (readonly [string, string])[] = Object.entries(COMMAND_HELP);
const COMMANDS = [...OWN.keys()];
const rowsOf = (command: string) => [...GENERAL, ...(OWN.get(command) ?? [])];
const isPath = ({ value = "" }: Row) => /^(?:FILE|PATH|FOLDER|PROGRAM)\b/.test(value);
/** `tpm|file|auto` names the values themselves. */
const choicesOf = ({ value = "" }: Row) =>
  /^[a-z0-9]+(?:\|[a-z0-9]+)+$/.test(value) ? value.split("|") : [];
const names = (rows: readonly NamedRow[]) => rows.map(([name]) => `--${name}`).join(" ");

function renderBash(): string {
  const all = new Map([GENERAL, ...OWN.values()].flat());
  const valued = [...all].filter(([, row]) => row.kind !== "flag");
  const cases = valued.map(([name, row]) => {
    const words = isPath(row) ? `-f -- "$word"` : `-W "${choicesOf(row).join(" ")}" -- "$word"`;
    return `    --${name}) mapfile -t COMPREPLY < <(compgen ${words}); return ;;`;
  });
  const options = COMMANDS.map((command) => `    ${command}) words="${names(rowsOf(command))}" ;;`);
  return `# bash completion of databox-agent(8)
_databox_agent() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" words="" each
  case "$before" in
${cases.join("\n")}
  esac
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$each" in ${COMMANDS.join("|")}) command="$each" ;; esac
  done
  case "$command" in
${options.join("\n")}
    *) words="${COMMANDS.join(" ")} ${names(GENERAL)}" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _databox_agent databox-agent
`;
}

function renderZsh(): string {
  const commands = HELP.map(([name, help]) => `    '${name}:${zsh(help)}'`);
  const cases = COMMANDS.map(
    (name) => `    ${name}) _arguments ${rowsOf(name).map(zshOption).join(" ")} ;;`,
  );
  return `#compdef databox-agent
_databox_agent() {
  local -a commands
  commands=(
${commands.join("\n")}
  )
  local line state
  _arguments -C ${GENERAL.map(zshOption).join(" ")} '1:command:->command' '*::option:->option'
  case "$state" in
  command) _describe command commands ;;
  option) case "$line[1]" in
${cases.join("\n")}
    esac ;;
  esac
}
_databox_agent "$@"
`;
}

function renderFish(): string {
  return [
    "# fish completion of databox-agent(8)",
    "complete -c databox-agent -f",
    ...GENERAL.map((row) => fishOption("", row)),
    ...HELP.flatMap(([name, help]) => [
      `complete -c databox-agent -n __fish_use_subcommand -a ${name} -d '${fish(help)}'`,
      ...(OWN.get(name) ?? []).map((row) =>
        fishOption(` -n '__fish_seen_subcommand_from ${name}'`, row),
      ),
    ]),
    "",
  ].join("\n");
}

function zshOption([name, row]: NamedRow): string {
  const values = choicesOf(row);
  const action = isPath(row) ? "_files" : values.length > 0 ? `(${values.join(" ")})` : " ";
  const value = row.kind === "flag" ? "" : `:${zsh(row.value ?? "")}:${action}`;
  return `'--${name}[${zsh(row.help)}]${value}'`;
}

function fishOption(condition: string, [name, row]: NamedRow): string {
  return `complete -c databox-agent${condition} -l ${name}${fishValue(row)} -d '${fish(row.help)}'`;
}

function fishValue(row: Row): string {
  if (row.kind === "flag") return "";
  if (isPath(row)) return " -rF";
  const values = choicesOf(row);
  return values.length > 0 ? ` -x -a '${values.join(" ")}'` : " -x";
}

/** Characters that end a description or a value of _arguments. */
const zsh = (text: string) =>
  text.replaceAll("'", String.raw`'\''`).replaceAll(/[[\]:]/g, String.raw`\$&`);
const fish = (text: string) =>
  text.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\'`);
