import {
  choicesOf,
  isPath,
  type Option,
  type Program,
  type ProgramCommand,
  type Value,
} from "./program.ts";

/**
 * Completions of a program for bash, zsh and fish. They are files and not a command of the program:
 * a shell would start Node at each press of the tab key.
 *
 * @returns path below the root of an installed system → content
 */
export function renderCompletions(program: Program): Readonly<Record<string, string>> {
  const { name } = program;
  return {
    [`usr/share/bash-completion/completions/${name}`]: renderBash(program),
    [`usr/share/zsh/vendor-completions/_${name}`]: renderZsh(program),
    [`usr/share/fish/vendor_completions.d/${name}.fish`]: renderFish(program),
  };
}

const wordsOf = (options: readonly Option[]) => options.map(({ name }) => `--${name}`);
const functionOf = ({ name }: Program) => `_${name.replaceAll("-", "_")}`;

/** The words that may follow these: a command's first, or that of a group's command. */
function wordsAfter({ commands }: Program, path: readonly string[]): readonly string[] {
  const next = commands.flatMap(({ name }) => {
    const words = name.split(" ");
    const isBelow = path.every((word, index) => word === words[index]);
    return isBelow && words.length > path.length ? [words[path.length] ?? ""] : [];
  });
  return [...new Set(next)];
}

/** Words that have commands of their own: `keys`. */
const groupsOf = ({ commands }: Program): readonly string[] => [
  ...new Set(commands.map(({ name }) => name.split(" ").slice(0, -1).join(" "))),
];

const offer = (path: string, words: readonly string[], files = "") =>
  `    ${path}) words="${words.join(" ")}"${files} ;;`;

function renderBash(program: Program): string {
  const { name, general, commands } = program;
  const valued = [...general, ...commands.flatMap(({ options }) => options)].filter(
    (option): option is Option & { readonly value: Value } => option.value !== undefined,
  );
  const cases = valued.map((option) => {
    const words = isPath(option.value)
      ? `-f -- "$word"); compopt -o filenames`
      : `-W "${choicesOf(option.value).join(" ")}" -- "$word")`;
    return `    --${option.name}) mapfile -t COMPREPLY < <(compgen ${words}; return ;;`;
  });
  const groups = groupsOf(program).map((group) =>
    offer(`"${group}"`, [
      ...wordsAfter(program, group === "" ? [] : group.split(" ")),
      ...wordsOf(general),
    ]),
  );
  const offers = commands.map(({ name: path, argument, options }) =>
    offer(
      `"${path}"`,
      [...wordsOf(general), ...wordsOf(options), ...choicesOf(argument?.value ?? "")],
      isPath(argument?.value ?? "") ? " files=-f; compopt -o filenames" : "",
    ),
  );
  const paths = [...groupsOf(program), ...commands.map(({ name: path }) => path)]
    .filter((path) => path !== "")
    .map((path) => `"${path}"`);
  const complete = functionOf(program);
  return `# bash completion of ${name}(8)
${complete}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" words="" files="" each
  case "$before" in
${[...new Set(cases)].join("\n")}
  esac
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    each="\${command:+$command }$each"
    case "$each" in ${paths.join("|")}) command="$each" ;; esac
  done
  case "$command" in
${[...groups, ...offers].join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" $files -- "$word")
}
complete -F ${complete} ${name}
`;
}

function renderZsh(program: Program): string {
  const complete = functionOf(program);
  const levels = groupsOf(program).map((group) => {
    const path = group === "" ? [] : group.split(" ");
    const words = wordsAfter(program, path);
    const described = words.map((word) => `    '${word}:${zsh(helpOf(program, [...path, word]))}'`);
    const cases = words.map(
      (word) => `    ${word}) ${zshCommand(program, [...path, word].join(" "))} ;;`,
    );
    return `${[complete, ...path].join("_")}() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  local line state
  _arguments -C ${program.general.map(zshOption).join(" ")} '1:command:->command' '*::option:->option'
  case "$state" in
  command) _describe command commands ;;
  option) case "$line[1]" in
${cases.join("\n")}
    esac ;;
  esac
}`;
  });
  return `#compdef ${program.name}\n${levels.join("\n")}\n${complete} "$@"\n`;
}

/** A group is described by its commands. */
function helpOf({ commands }: Program, path: readonly string[]): string {
  const name = path.join(" ");
  const command = commands.find((each) => each.name === name);
  return command?.help ?? wordsAfter({ name, general: [], commands }, path).join(", ");
}

function zshCommand(program: Program, path: string): string {
  const command = program.commands.find(({ name }) => name === path);
  if (command === undefined) return [functionOf(program), ...path.split(" ")].join("_");
  const { argument, options } = command;
  const rows = [...program.general, ...options].map(zshOption);
  return `_arguments ${[...rows, ...(argument === undefined ? [] : [`'1${zshValue(argument.value)}'`])].join(" ")}`;
}

function renderFish(program: Program): string {
  const { name, general, commands } = program;
  const say = (parts: readonly string[]) => ["complete", "-c", name, ...parts].join(" ");
  const groups = groupsOf(program).flatMap((group) => {
    const path = group === "" ? [] : group.split(" ");
    const words = wordsAfter(program, path);
    const when =
      group === ""
        ? "__fish_use_subcommand"
        : `'${seen(path)}; and not __fish_seen_subcommand_from ${words.join(" ")}'`;
    return words.map((word) =>
      say(["-n", when, "-a", word, "-d", `'${fish(helpOf(program, [...path, word]))}'`]),
    );
  });
  return [
    `# fish completion of ${name}(8)`,
    say(["-f"]),
    ...general.map((option) => say(fishOption(option))),
    ...groups,
    ...commands.flatMap((command) => fishCommand(command).map(say)),
    "",
  ].join("\n");
}

function fishCommand({ name, argument, options }: ProgramCommand): readonly (readonly string[])[] {
  const when = ["-n", `'${seen(name.split(" "))}'`];
  const value = argument?.value ?? "";
  const words = choicesOf(value);
  return [
    ...options.map((option) => [...when, ...fishOption(option)]),
    ...(words.length > 0 ? [[...when, "-a", `'${words.join(" ")}'`]] : []),
    ...(isPath(value) ? [[...when, "-F"]] : []),
  ];
}

const seen = (path: readonly string[]) =>
  path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");

function zshOption({ name, help, value }: Option): string {
  return `'--${name}[${zsh(help)}]${value === undefined ? "" : zshValue(value)}'`;
}

function zshValue(value: Value): string {
  const words = choicesOf(value);
  const action = isPath(value) ? "_files" : words.length > 0 ? `(${words.join(" ")})` : " ";
  return `:${zsh(value)}:${action}`;
}

function fishOption({ name, help, value }: Option): readonly string[] {
  return ["-l", name, ...fishValue(value), "-d", `'${fish(help)}'`];
}

function fishValue(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  if (isPath(value)) return ["-rF"];
  const words = choicesOf(value);
  return words.length > 0 ? ["-x", "-a", `'${words.join(" ")}'`] : ["-x"];
}

/** Characters that end a description or a value of _arguments. */
const zsh = (text: string) =>
  text.replaceAll("'", String.raw`'\''`).replaceAll(/[[\]:]/g, String.raw`\$&`);
const fish = (text: string) =>
  text.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\'`);
