import type { OperationName } from "@databox-cmk/protocol";

/** English texts of the pages for operators. */
export const operatorEn = {
  title: "Operator",
  orders: "All orders",
  ordersEmpty: "Orders of every customer appear here as soon as there are any.",
  operations: {
    title: "What to do with this appliance",
    names: {
      prepare: "Prepare",
      dispatch: "Dispatch",
      deliver: "Delivered",
      pickUp: "Picked up",
      receive: "Received",
      startCopy: "Copy data",
      complete: "Complete",
      fail: "End as failed",
      erase: "Erase the unlock key",
    },
    notes: {
      prepare: "Makes the unlock key and a one-time enrolment code for each node.",
      dispatch:
        "Every check of the customer's key runs first; a key that cannot be used is an appliance that has to come back.",
      deliver: "The appliance is at the customer's site.",
      pickUp: "The carrier has it again.",
      receive: "The appliance is back in the datacenter.",
      startCopy:
        "Asks the customer's vault for the key of every node; a refusal halts the copy and tells the customer.",
      complete: "The copy is done; contact and address are forgotten.",
      fail: "Ends the order at any stage; contact and address are forgotten.",
      erase:
        "Destroys every wrapping of the unlock key for good, and signs a receipt. What is still on the volumes cannot be opened any more.",
    } satisfies Record<OperationName, string> as Record<OperationName, string>,
    buttons: {
      prepare: "Prepare",
      dispatch: "Check and dispatch",
      deliver: "Mark delivered",
      pickUp: "Mark picked up",
      receive: "Mark received",
      startCopy: "Start the copy",
      complete: "Complete",
      fail: "End as failed",
      erase: "Erase",
    },
    running: {
      prepare: "Preparing …",
      dispatch: "Checking the key …",
      deliver: "Moving …",
      pickUp: "Moving …",
      receive: "Moving …",
      startCopy: "Asking the vault …",
      complete: "Completing …",
      fail: "Ending …",
      erase: "Erasing …",
    },
    whyNot: {
      erased: () => "Done: every wrapping is destroyed.",
      halted: () => "Not while the stage is halted: it waits for the customer.",
      later: (stages: string) => `Not yet: it follows the stage ${stages}.`,
      past: (stages: string) => `Not any more: it follows the stage ${stages}.`,
      stage: () => "Not in this stage.",
    } as Record<"erased" | "halted" | "later" | "past" | "stage", (stages: string) => string>,
    done: (name: string) => `Done: ${name}.`,
    typeName: (name: string) => `Type ${name} to confirm`,
    forceDispatch: "Dispatch all the same",
    forceDialog: {
      title: "Dispatch with a key that cannot be used?",
      text: "The appliance will not unlock at the customer's site until its key is cured. The audit trail records that you sent it all the same.",
    },
    eraseDialog: {
      title: "Erase the unlock key for good?",
      text: "Every wrapping of the unlock key is destroyed. Nobody can open the volumes of this appliance after that, whatever they hold. This cannot be undone.",
    },
    outcome: "Outcome",
    endText: "This cannot be undone. The unlock key stays until it is erased.",
    receiptTitle: "Erasure receipt",
    receipt: "Signed by the broker: every wrapping of the unlock key is destroyed.",
    downloadReceipt: "Download the receipt",
  },
  prepare: {
    title: "Prepare the appliance",
    text: "Type the serial numbers as they stand on the devices, or leave them empty and they are made up.",
    serialOf: (node: number) => `Serial number of node ${node}`,
    madeUp: "Made up when empty",
    problems: {
      form: "3 to 64 letters, digits and hyphens; no hyphen first.",
      some: "Give every node its serial number, or none.",
      twice: "Each node has its own serial number.",
    },
  },
  codes: {
    title: "Enrolment codes",
    once: "Type each code into its device now. It is shown once, works once, and is stored hashed: after this window it cannot be read again.",
    none: "Every node is enrolled: there is no code to give.",
    code: "Enrolment code",
    codeOf: (serial: string) => `enrolment code of ${serial}`,
    expires: "Valid until",
    noted: "I have the codes",
  },
  nodes: {
    device: "Device",
    enrolled: "Enrolled",
    notEnrolled: "Not enrolled yet",
    replace: "Replace device",
    replaceOf: (serial: string) => `Replace device: ${serial}`,
    replaceTitle: (serial: string) => `Replace the device of ${serial}?`,
    replaceText:
      "The key of the enrolled device is forgotten for good, and another device enrols by a new code. A node that is unlocked must be revoked first.",
    reason: "Reason",
    renewCodes: "New enrolment codes",
  },
};
export type OperatorTexts = typeof operatorEn;
