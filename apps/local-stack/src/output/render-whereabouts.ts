import type { StackDescription } from "../core/stack-description.ts";

/** The addresses of the stack and how to use them, for a person who has just started it. */
export function renderWhereabouts(stack: StackDescription, stackFile: string): string {
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
    `All of it, with client ids and secrets, is in ${stackFile}.`,
    "",
  ].join("\n");
}
