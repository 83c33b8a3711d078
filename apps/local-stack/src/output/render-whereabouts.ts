import type { StackDescription } from "../core/stack-description.ts";

/** Commands for another terminal, with the words that follow `npm run`. */
const COMMANDS = [
  ["agent -- status", "the appliance: also lock, unlock, doctor, journal …"],
  ["az -- keyvault list", 'Azure CLI, signed in as the owner; --as "Data Box Reader" as another'],
  ["emulator -- fault add --service key-vault --status 503", "break something …"],
  ["emulator -- fault clear", "… and mend it"],
  ["emulator -- clock advance P90D", "let leases and dated keys end; reset brings the time back"],
] as const;

/**
 * The addresses of the stack and how to use them, for a person who has just started it.
 *
 * @param directory - of the stack, if it is not the usual one
 * @param resolvesLocalhost - whether the system knows names below `localhost`
 */
export function renderWhereabouts(
  stack: StackDescription,
  {
    stackFile,
    directory,
    resolvesLocalhost,
  }: {
    readonly stackFile: string;
    readonly directory: string | undefined;
    readonly resolvesLocalhost: boolean;
  },
): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Portal", `${stack.portalUrl}/ (sign in as one of the people below; no password)`],
    ...stack.appliances
      .flatMap(({ nodes }) => nodes)
      .flatMap(({ serial, uiUrl }) =>
        uiUrl === undefined
          ? []
          : [[`Node ${serial}`, `${uiUrl}/ (sign in with its passkey)`] as const],
      ),
    ["Resource Manager", stack.armUrl],
    ["Broker", stack.brokerUrl],
    ["Entra ID", `${stack.authorityUrl}/${stack.tenantId}`],
    ["Key vaults", `https://{name}.${stack.vaultSuffix}`],
    ["Instance metadata", stack.imdsUrl],
    ["Emulator control", stack.emulatorControlUrl],
    ["DNS", stack.dnsServer],
    ["Trust this CA", stack.caFile],
    ["Subscription", stack.subscriptionId],
    ...stack.users.map(({ role, userName }) => [role, userName] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    "",
    "The stack keeps running until Ctrl-C.",
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    "",
    "The passkey of a node is in the portal: order > Device details > Show. The portal and the nodes have certificates",
    "that browsers do not know: the browser asks once for each.",
    "",
    "In another terminal:",
    ...renderCommands(directory),
    "",
    ...(resolvesLocalhost ? [] : UNRESOLVED),
    `All of it, with client ids and secrets, is in ${stackFile}.`,
    "",
  ].join("\n");
}

const UNRESOLVED = [
  "This machine does not resolve *.localhost. Browsers and the commands above know these names. For other programs,",
  "ask the DNS server above, or as root: apt-get install libnss-myhostname",
  "",
];

function renderCommands(directory: string | undefined): readonly string[] {
  const option = directory === undefined ? "" : `--directory ${directory} `;
  const lines = COMMANDS.map(
    ([words, what]) => [`npm run ${words.replace("-- ", `-- ${option}`)}`, what] as const,
  );
  const width = Math.max(...lines.map(([line]) => line.length));
  return lines.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`);
}
