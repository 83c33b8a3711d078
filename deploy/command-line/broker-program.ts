import { createProgram, SETTINGS } from "@databox-cmk/cloud-broker";

import { renderDocuments } from "./documents.ts";
import type { Option, Program, ProgramCommand } from "./program.ts";
import type { Manual } from "./render-man-page.ts";

type Command = ReturnType<typeof createProgram>;

/** broker, from its own commands. */
export const BROKER_PROGRAM: Program = readProgram(createProgram({}));

const MANUAL: Manual = {
  purpose: "release the unlock keys of transfer appliances from their owners' vaults",
  description: `Decides whether an appliance may unlock, and asks the customer's vault for the key with the identity of the order.
Without a command, it serves. It is configured by environment variables only, and none of them holds a secret.`,
  exitStatus:
    "0 done, 1 fault of the broker, 2 wrong command line or setting, 3 a person must act (a forged certificate or audit trail, a refusal that doctor found), 4 unreachable (doctor: try again), 5 the pages of a certificate's PDF differ, or doctor found a wrong setting or state, 6 pending (doctor).",
  sections: {
    ENVIRONMENT: Object.entries(SETTINGS).map(
      ([name, row]) =>
        [
          name,
          `${row.meaning} (${row.expected}${"default" in row ? `; default ${row.default}` : ""})`,
        ] as const,
    ),
    FILES: [["/data", "The broker's folder in its image: database and keys (BROKER_DATA_DIR)."]],
  },
  seeAlso: ["databox-agent(8)"],
};

export const BROKER_DOCUMENTS = renderDocuments(BROKER_PROGRAM, MANUAL);

function readProgram(program: Command): Program {
  return {
    name: program.name(),
    general: [...program.options.map(readOption), { name: "help", help: "show help" }],
    commands: program.commands.flatMap((command) => readCommands(command, [])),
  };
}

function readCommands(command: Command, groups: readonly string[]): readonly ProgramCommand[] {
  const path = [...groups, command.name()];
  if (command.commands.length > 0)
    return command.commands.flatMap((each) => readCommands(each, path));
  const argument = command.registeredArguments.at(0);
  return [
    {
      name: path.join(" "),
      help: command.description(),
      options: command.options.filter(({ hidden }) => !hidden).map(readOption),
      ...(argument === undefined ? {} : { argument: readArgument(argument) }),
    },
  ];
}

function readArgument(
  argument: Command["registeredArguments"][number],
): NonNullable<ProgramCommand["argument"]> {
  return {
    value: argument.argChoices?.join("|") ?? argument.name().toUpperCase(),
    help: argument.description,
  };
}

function readOption(option: Command["options"][number]): Option {
  const { argChoices, defaultValue, description, envVar, flags, mandatory } = option;
  const value = argChoices?.join("|") ?? /[<[](.+?)[>\]]/.exec(flags)?.at(1)?.toUpperCase();
  const facts = [
    ...(mandatory ? ["required"] : []),
    ...(defaultValue === undefined ? [] : [`default ${String(defaultValue)}`]),
    ...(envVar === undefined ? [] : [`else ${envVar}`]),
  ];
  return {
    name: option.name(),
    help: facts.length === 0 ? description : `${description} (${facts.join("; ")})`,
    ...(value === undefined ? {} : { value }),
  };
}
