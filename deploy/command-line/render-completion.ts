import { choicesOf, isPath, type Option, type Program, type Value } from "./program.ts";

const wordsOf = (options: readonly Option[]) => options.map(({ name }) => `--${name}`);

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

/**
 * Completion of a program for bash. It is a file and not a command of the program: a shell would
 * start Node at each press of the tab key.
 */
export function renderCompletion(program: Program): string {
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
  const complete = `_${name.replaceAll("-", "_")}`;
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
