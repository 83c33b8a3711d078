/** The custody of an unlock key: the choice, its picture, and the consequence of each loss. */
export const custody = {
  title: "Custody",
  label: "Access to the appliance",
  hint: "Split custody can't be undone. A prepared appliance changes at its next re-key.",
  needsOwnKey: "Split custody needs a customer managed key. Choose one above.",
  splitOnly: "This subscription allows only split custody: its owner has set a policy.",
  kinds: {
    escrow: "Escrow: the service can open it too, and show its passkey",
    split: "Split: only the appliance, with its own share and one that your key releases",
  },
  recovery:
    "Add a recovery key under Backup keys before the appliance is prepared. It restores the appliance's share if its mainboard or system disk breaks.",
  oneWay: {
    title: "You can't go back to escrow",
    text: "After you save, the service can no longer open the appliance, and there is no passkey. If the appliance breaks, only a recovery key opens its data: add one under Backup keys before the appliance is prepared. Without one it can't be prepared, unless you accept the loss here.",
    confirm: "Use split custody",
  },
  acceptNoRecovery: "Send the appliance without a recovery key; a defect then loses the data",
  names: {
    escrow: "Escrow",
    split: "Split",
    vault: "Your key vault",
    serviceKey: "The service's key",
    service: "The service",
    appliance: "The appliance",
    unlockKey: "The unlock key",
    owner: "You, offline",
  },
  serviceKey: "It decrypts the service's copy. You can't disable it.",
  escrow: {
    key: "Your key. It decrypts the service's copy, and you can disable it.",
    sentence:
      "In escrow, the service can open the volume, too, and so can everyone who knows the passkey.",
    holders: {
      service: "The whole unlock key, encrypted.",
      appliance: "Nothing that opens it.",
      unlockKey: "Sent to the appliance at each unlock, and shown as the passkey in the portal.",
      owner: "A recovery key opens the appliance without the service.",
    },
    losses: [
      {
        lost: "The service's data",
        consequence: "No loss if you exported the envelopes and have a recovery key.",
      },
      { lost: "The key", consequence: "A backup key replaces it. Without one, the data is lost." },
      { lost: "The appliance's mainboard", consequence: "No loss: the passkey opens the volume." },
    ],
  },
  split: {
    key: "Your key. It decrypts the service's share, and you can disable it.",
    sentence: "In split custody, neither the service nor the appliance can open the volume alone.",
    holders: {
      service: "One share, encrypted.",
      appliance: "The other share, in its TPM or a private file. It never leaves in the clear.",
      unlockKey: "Made from both shares, on the appliance only. There is no passkey.",
      owner: "A recovery key restores the appliance's share.",
    },
    losses: [
      {
        lost: "The service's data",
        consequence: "No loss if you exported the envelopes and have a recovery key.",
      },
      { lost: "The key", consequence: "A backup key replaces it. Without one, the data is lost." },
      {
        lost: "The appliance's mainboard or system disk",
        consequence: "A recovery key restores its share. Without one, the data is lost.",
      },
      {
        lost: "The recovery key",
        consequence:
          "No loss yet. Add another one, and re-key the appliance with its thumbprint (--recovery-keys).",
      },
    ],
  },
  noPasskey: "In split custody there is no passkey.",
  change: "Unlock policy: who holds what, and what is lost when",
  lossTitle: "If something is lost",
  who: {
    title: "Who can unlock",
    escrow: "The appliance and the service, while the key allows it; everyone with the passkey",
    split: "The appliance alone, while the key allows it",
    place: "The appliance's share",
    places: {
      file: "In a private file (reported by the node)",
      tpm: "Sealed by its TPM (reported by the node)",
      "tpm-measured-boot": "Sealed by its TPM, bound to measured boot (reported by the node)",
    },
    recovery: "Recovery",
    copied: "Arranged. The appliance copied its share for these recovery keys:",
    compare: "Compare the thumbprints with your own recovery keys.",
    none: "Not arranged: if the mainboard or the system disk breaks, the data is lost.",
  },
};
