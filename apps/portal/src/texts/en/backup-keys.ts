export const backupKeys = {
  intro:
    "Up to three additional keys can open each envelope, each on its own: keys in other vaults, which the service uses if the current key is lost, or recovery keys that only you have. Add them before you need them.",
  none: "This order has no backup key",
  noneHint: "If its only key or vault is permanently lost, the data on the appliance is lost too.",
  needsOwnKey: "Backup keys need a customer managed key. Choose one under Encryption first.",
  add: "Add a backup key",
  addNow: "Add",
  adding: "Adding …",
  name: "Name",
  nameRule: "1 to 32 lower-case letters, digits and hyphens; no hyphen at the start.",
  nameTaken: "This order has a backup key of this name already. Choose another name.",
  kind: "Kind",
  kinds: { Vault: "Key in another key vault", RecoveryKey: "Offline recovery key" },
  key: "Key",
  identity: "Identity",
  systemAssigned: "System assigned",
  added: "Added",
  standings: {
    Working: "The current key works",
    Unreachable: "The vault of the current key does not answer",
    Gone: "The current key was deleted",
    Refused: "Access to the current key was withdrawn",
  },
  standingHints: {
    Working: "No backup key is needed.",
    Unreachable: "If this lasts, the key counts as lost and a backup key is used automatically.",
    Gone: "A deletion can be a revocation. An owner must confirm that it is not, by using a backup key now.",
    Refused:
      "The key was refused deliberately, so no backup key is used, even if someone requests it.",
  },
  since: "Since",
  backupFrom: "Backup keys are used from",
  standsIn: (by: string, reason: string) => `Activated by ${by} (${reason}), at the latest until`,
  use: {
    button: "Use now",
    title: (name: string) => `Use ${name} in place of a lost key?`,
    text: "For 24 hours, it opens the envelopes of this order if the current key is lost. It never overrides a refusal or a revocation. Your name and reason are recorded.",
    label: (_name: string) => "Reason",
  },
  endUse: "Stop using",
  remove: {
    button: "Remove",
    title: (name: string) => `Remove ${name} from every envelope?`,
    text: "It still opens envelopes that were exported earlier; only re-keying the node ends that.",
    label: (name: string) => `Type ${name} to confirm`,
  },
  makeKeyPair:
    "Create the key pair on a computer that only you control, and keep recovery.pem safe",
  takePublicHalf: "Extract its public key, and enter it here",
  publicKey: "Public key",
  publicKeyHint: "PEM or JWK; RSA with 2048, 3072 or 4096 bits.",
  openFile: "Open a file",
  keyFaults: {
    private:
      "This is a private key. It was not sent. Extract its public key; if others may have seen the private key, create a new one.",
    unknown: "This is not a public RSA key in PEM or JWK form.",
  },
};
