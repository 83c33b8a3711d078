export const WAY_NAMES = ["network", "passkey", "carried"] as const;
export type WayName = (typeof WAY_NAMES)[number];

const WAYS: Readonly<Record<string, WayName>> = {
  "databox-agent unlock": "network",
  "databox-agent passkey": "passkey",
  "databox-agent challenge": "carried",
  "databox-agent challenge --qr": "carried",
  "databox-agent respond": "carried",
};

/** The way to unlock on this page that does what a command does; any other needs the console. */
export function wayOfCommand(command: string): WayName | undefined {
  return WAYS[command];
}
