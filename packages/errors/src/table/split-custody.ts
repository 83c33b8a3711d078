import type { WrittenStep } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import { TRY_AGAIN } from "./steps.ts";

const ADD_RECOVERY_KEY = {
  text: "Add a recovery key before the appliance is prepared (portal: order > Backup keys; docs/customer/backup-keys.md)",
  for: "order-owner",
} as const satisfies WrittenStep;

const COMPUTE_THUMBPRINT = {
  text: "Compute the thumbprints from your own key files, not from a page of the service (docs/customer/split-custody.md)",
  for: "order-owner",
} as const satisfies WrittenStep;

const EXPORT_SHARES = {
  text: "Export the envelopes of the order: deviceShare is the share of each node, for your recovery key",
  command:
    'az rest --method get --url "{orderId}/envelopes?api-version=2022-12-01" --query "value[].deviceShare"',
  for: "order-owner",
} as const satisfies WrittenStep;

/** Split custody: the broker alone cannot open the appliance, and neither can the appliance. */
export const SPLIT_CUSTODY_ERRORS = {
  PasskeyNotInEscrow: refused(403, "site-operator", {
    title: "The order has no passkey",
    message:
      "The order is in split custody, so no passkey opens its appliance and the broker has none to show",
    recoverable: "no",
    ask: "Unlock the appliance over the network, or offline by challenge and answer.",
    steps: [
      { text: "Unlock over the network", command: "databox-agent unlock" },
      {
        text: "Without a network, start a challenge at the appliance and have it answered in the portal",
        command: "databox-agent challenge",
      },
    ],
    why: "In split custody the unlock key is derived from a share of the broker's and a share that only the appliance has. Only the appliance can put them together.",
    meanwhile: "Unlocking over the network and offline works as before.",
  }),
  CustodyRevertForbidden: refused(400, "order-owner", {
    title: "Split custody cannot be undone",
    message: "An order in split custody cannot go back to escrow",
    recoverable: "no",
    ask: "Ask the owner of order {orderName} to leave its custody as it is.",
    steps: ["Write the unlock policy without the member custody, which leaves it as it is"],
    why: "An attacker who controls the broker could otherwise obtain the whole key at the next re-key.",
    meanwhile: "The policy in force stays.",
  }),
  RequestDisallowedByPolicy: refused(403, "order-owner", {
    title: "The subscription allows only split custody",
    message:
      "The order asks for escrow, and a policy of its subscription allows only split custody",
    ask: "Ask the owner of order {orderName} to place it in split custody.",
    steps: [
      "Place the order in split custody: write it into properties.custody, or leave that member out (docs/customer/split-custody.md)",
    ],
    why: "An owner of the subscription has set its custody policy, so that the service can open no new appliance of it.",
    meanwhile: "Nothing is placed. Orders that exist keep their custody.",
  }),
  RecoveryKeyMissing: refused(409, "order-owner", {
    title: "The appliance could not be recovered",
    message:
      "The order is in split custody, and no recovery key of its owner could replace the appliance's own share",
    ask: "Ask the owner of order {orderName} to add a recovery key, or to accept in the unlock policy that there is none.",
    steps: [
      ADD_RECOVERY_KEY,
      {
        text: "Or set custody.acceptNoRecovery to true in the unlock policy: a broken mainboard then loses the data",
        for: "order-owner",
      },
    ],
    why: "The appliance's share exists on the appliance only. Without a copy for a recovery key, a broken TPM or disk of the system loses the data.",
    meanwhile: "The order stays in its stage; nothing is dispatched.",
  }),
  RecoveryKeyUnconfirmed: refused(409, "order-owner", {
    title: "The recovery keys are not confirmed",
    message:
      "The broker names other recovery keys than this node knows or was given, so the node makes no copy of its share",
    ask: "Ask the owner of order {orderName} for the thumbprints of their recovery keys, and compare them with the one that is shown.",
    steps: [
      COMPUTE_THUMBPRINT,
      {
        text: "If you added, replaced or removed a recovery key, or replaced the device, re-key with the thumbprints of all your keys as KEYS, separated by commas",
        command: "databox-agent rekey --recovery-keys KEYS",
        for: "site-operator",
      },
      {
        text: "If the key is not yours, remove it (portal: order > Backup keys), and tell your security administrator: its owner could read the appliance's share",
        for: "order-owner",
      },
    ],
    why: "The holder of a recovery key gets a copy of the appliance's share. A broker that was taken over could name a key of its own, and open the appliance with it.",
    meanwhile:
      "Nothing changes: a prepared node keeps its key, its share and the copy of the share that exists.",
    reasons: {
      interrupted: {
        message:
          "An interrupted re-key was finished, and its copy of the share is for other recovery keys than those that were given now",
        who: "site-operator",
        steps: [
          {
            text: "Re-key once more with the thumbprints of all your keys as KEYS, separated by commas",
            command: "databox-agent rekey --recovery-keys KEYS",
          },
        ],
        meanwhile: "The volume has its new key, and the copy opens its share.",
      },
      prepare: {
        message: "The recovery keys of the order are not those that were given to the preparation",
        steps: [
          COMPUTE_THUMBPRINT,
          {
            text: "If the given thumbprints are right, add these keys to the order and remove every other one (portal: order > Backup keys); then prepare again with the same options",
            for: "order-owner",
          },
          {
            text: "If the node was enrolled before without them, move its state away, replace the device (portal: order > Device details > Replace device), and prepare with the new code",
            command: "mv {stateDir} {stateDir}.replaced",
            for: "site-operator",
          },
          {
            text: "If it is prepared already, unlock it and re-key it with the thumbprints of your keys as KEYS, separated by commas",
            command: "databox-agent rekey --recovery-keys KEYS",
            for: "site-operator",
          },
        ],
      },
    },
  }),
  DeviceShareMissing: invalid(500, "order-owner", {
    title: "The appliance's share of the key is missing",
    message: "This machine does not have its own share of the unlock key",
    ask: "Ask the owner of order {orderName} for the share of node {serial}, which their recovery key opens.",
    steps: [
      EXPORT_SHARES,
      {
        text: "Open it with the recovery key, and give the result to the appliance on standard input (docs/customer/split-custody.md)",
        command: "databox-agent recover",
        for: "site-operator",
      },
      TRY_AGAIN,
    ],
    why: "The share lies in the state folder, or in the machine's TPM. It is gone after the disk of the system, the mainboard or the TPM was replaced or cleared.",
    meanwhile:
      "The volume stays locked. Nothing is lost as long as a recovery key of the owner exists.",
  }),
};
