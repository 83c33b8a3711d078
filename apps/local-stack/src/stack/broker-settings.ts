/** In a story, half a minute is too long to wait for a volume to close. */
const SOON_CLOSED = { PROBE_INTERVAL_SECONDS: "2" };
const REVERTIBLE = { ALLOW_REVERT_TO_MICROSOFT_MANAGED: "true" };

/** Settings of the broker that options of `npm start` choose. */
export function brokerSettings(chosen: {
  /** The appliance is a virtual machine. */
  readonly vm: boolean;
  /** Orders can go back from a customer-managed to the Microsoft-managed key. */
  readonly allowRevert: boolean;
}): Readonly<Record<string, string>> {
  return { ...(chosen.vm && SOON_CLOSED), ...(chosen.allowRevert && REVERTIBLE) };
}
