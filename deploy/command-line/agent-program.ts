import { COMMAND_HELP, COMMAND_OPTIONS, GLOBAL_OPTIONS } from "@databox-cmk/device-agent";

import { renderDocuments } from "./documents.ts";
import type { Option, Program } from "./program.ts";
import type { Manual } from "./render-man-page.ts";

type Row = { readonly value?: string; readonly help: string };

const OWN = new Map(Object.entries(COMMAND_OPTIONS));

/** databox-agent, from the agent's own tables. */
export const AGENT_PROGRAM: Program = {
  name: "databox-agent",
  general: optionsOf(GLOBAL_OPTIONS),
  commands: Object.entries(COMMAND_HELP).map(([name, help]) => ({
    name,
    help,
    options: optionsOf(OWN.get(name) ?? {}),
  })),
};

const MANUAL: Manual = {
  purpose: "unlock a transfer appliance with a key that the customer owns",
  description: `Enrols a node with its broker, locks its volume, and opens it again with the key that the broker fetched from the customer's vault.
Each command prints what happened, who must act, and the next step.`,
  exitStatus: `0 done, 1 fault of the agent, 2 wrong command line, 3 refused (a person must act), 4 unreachable (try again),
5 invalid message or state, 6 pending.`,
  sections: {
    FILES: [
      [
        "/var/lib/databox-agent",
        "State of the node. With it the volume is unlocked by network; it stays when the package is purged.",
      ],
      ["/etc/default/databox-agent", "Options of the daemon."],
      [
        "/etc/credstore.encrypted/databox-agent.device-key",
        "The device key where systemd keeps it (systemd-creds); else it is in the state folder or in the TPM.",
      ],
    ],
    UNITS: [
      [
        "databox-agent.service",
        "Runs serve: keeps the lease of the open volume, and closes the volume when the lease is refused.",
      ],
      [
        "databox-agent-unlock.service",
        "Runs unlock at boot, before remote file systems; tried again until there is an authoritative answer.",
      ],
      [
        "databox-data.target",
        "Active while the volume is open. Units that must start then, such as mounts, are wanted by it.",
      ],
    ],
  },
  seeAlso: ["cryptsetup(8)", "systemd-creds(1)", "tpm2_pcrread(1)"],
};

export const AGENT_DOCUMENTS = renderDocuments(AGENT_PROGRAM, MANUAL);

function optionsOf(table: Readonly<Record<string, Row>>): readonly Option[] {
  return Object.entries(table).map(([name, row]) => ({ name, ...row }));
}
