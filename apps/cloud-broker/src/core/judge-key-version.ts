/** The uses of one version of a key. */
export type KeyVersionUse = {
  readonly kid: string;
  readonly currentEnvelopes: number;
  /** Orders with a current envelope that is wrapped to this version. */
  readonly orders: number;
  readonly ownPasskeys: number;
  /** Orders whose envelopes have this version as a backup. */
  readonly backupOrders: number;
  readonly liveLeases: number;
  readonly supersededEnvelopes: number;
  readonly staleDevices: number;
};

export type KeyVersionJudgement = { readonly safeToDisable: boolean; readonly reason: string };

/**
 * Decides whether a version may be disabled. Only wrappings that the broker would have to unwrap
 * count: a device opens its envelope with the content key that the broker sends, regardless of the
 * envelope's own wrapping.
 */
export function judgeKeyVersion(use: KeyVersionUse): KeyVersionJudgement {
  if (use.currentEnvelopes > 0 || use.ownPasskeys > 0 || use.backupOrders > 0) {
    const list = new Intl.ListFormat("en").format(consequences(use));
    return { safeToDisable: false, reason: `Disabling it ${list}.` };
  }
  return {
    safeToDisable: true,
    reason:
      use.staleDevices === 0
        ? "Nothing depends on it, and no device has an envelope of it."
        : `Nothing depends on it alone. ${counted(use.staleDevices, "device")} still ${use.staleDevices === 1 ? "holds" : "hold"} an older envelope: ` +
          "it still opens, because the broker unwraps the same content key with its own current wrapping, and it is replaced at the next contact.",
  };
}

function consequences(use: KeyVersionUse): readonly string[] {
  return [
    ...(use.currentEnvelopes > 0
      ? [
          `refuses the unlocks of ${counted(use.currentEnvelopes, "node")} of ${counted(use.orders, "order")}`,
        ]
      : []),
    ...(use.liveLeases > 0 ? [`re-locks ${counted(use.liveLeases, "unlocked node")}`] : []),
    ...(use.backupOrders > 0
      ? [`takes the backup key of ${counted(use.backupOrders, "order")}`]
      : []),
    ...(use.ownPasskeys > 0
      ? [`keeps ${counted(use.ownPasskeys, "order")} with a passkey of its own from being prepared`]
      : []),
  ];
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}
