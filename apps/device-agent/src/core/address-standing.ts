import * as z from "zod/mini";

/**
 * broker-addresses.json, by host and port: since when an address of the broker has answered, or was
 * left for another one. For people; nothing is decided by it.
 */
export const addressStandings = z.record(
  z.string().check(z.maxLength(512)),
  z.strictObject({ standing: z.enum(["answers", "left"]), since: z.iso.datetime() }),
);
export type AddressStandings = z.infer<typeof addressStandings>;

const WORDS = {
  answers: "has answered since",
  left: "has not answered since",
  untried: "was not tried yet",
} as const;
export type AddressView = {
  readonly address: string;
  readonly standing: keyof typeof WORDS;
  readonly since?: string;
};

export const describeAddress = ({ address, standing, since }: AddressView): string =>
  [address, WORDS[standing], ...(since === undefined ? [] : [since])].join(" ");
