import { COMMAND_HELP, COMMAND_OPTIONS, GLOBAL_OPTIONS } from "@databox-cmk/device-agent";

import { sourceDateSeconds } from "../source-date.mjs";

/** databox-agent(8) in roff (man(7)): commands and options from the agent's own table. */
export function renderManPage() {
  const date = new Date(sourceDateSeconds() * 1000).toISOString().slice(0, 10);
  const commands = Object.entries(COMMAND_HELP).map(([name, help]) =>
    [`.SS ${name}`, sentence(help), ...options(COMMAND_OPTIONS[name])].join("\n"),
  );
  return `.TH DATABOX-AGENT 8 ${date} "Data Box CMK" "System Manager's Manual"
.SH NAME
databox\\-agent \\- unlock a transfer appliance with a key that the customer owns
.SH SYNOPSIS
.B databox\\-agent
.RI [\\-\\-state\\-dir " FOLDER" ]
[\\-\\-json]
.I COMMAND
.SH DESCRIPTION
Enrols a node with its broker, locks its volume, and opens it again with the key that the broker fetched from the customer's vault.
Each command prints what happened, who must act, and the next step.
.SH COMMANDS
${commands.join("\n")}
.SH OPTIONS
${options(GLOBAL_OPTIONS).join("\n")}
.SH EXIT STATUS
0 done, 1 fault of the agent, 2 wrong command line, 3 refused (a person must act), 4 unreachable (try again),
5 invalid message or state, 6 pending.
.SH FILES
.TP
.I /var/lib/databox\\-agent
State of the node. With it the volume is unlocked by network; it stays when the package is purged.
.TP
.I /etc/default/databox\\-agent
Options of the daemon.
.TP
.I /etc/credstore.encrypted/databox\\-agent.device\\-key
The device key where systemd keeps it (systemd\\-creds); else it is in the state folder or in the TPM.
.SH UNITS
.TP
.I databox\\-agent.service
.B databox\\-agent serve\\fR:
keeps the lease of the open volume, and closes the volume when the lease is refused.
.TP
.I databox\\-agent\\-unlock.service
.B databox\\-agent unlock\\fR
at boot, before remote file systems; tried again until there is an authoritative answer.
.TP
.I databox\\-data.target
Active while the volume is open. Units that must start then, such as mounts, are wanted by it.
.SH SEE ALSO
.BR cryptsetup (8),
.BR systemd\\-creds (1),
.BR tpm2_pcrread (1)
`;
}

function options(table) {
  return Object.entries(table).flatMap(([name, { value, help }]) => [
    ".TP",
    `.B ${escape(`--${name}`)}${value === undefined ? "" : ` \\fI${escape(value)}\\fR`}`,
    sentence(help),
  ]);
}

function sentence(help) {
  return `${escape(help.slice(0, 1).toUpperCase() + help.slice(1))}.`;
}

/**
 * Escapes characters with a meaning in roff: a hyphen, and a control character at the start of a
 * line.
 */
function escape(text) {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}
