/**
 * - `refused`: an authority said no; final until a person acts.
 * - `unreachable`: nobody with authority answered; try again, and never treat it as a refusal.
 * - `invalid`: what was sent, or what was found, is wrong in itself.
 * - `pending`: not decided or not there yet; the same request will do later.
 * - `internal`: our own fault.
 */
export type ErrorClass = "refused" | "unreachable" | "invalid" | "pending" | "internal";

/** Who must act. */
export type Who =
  | "security-administrator"
  | "order-owner"
  | "site-operator"
  | "broker-operator"
  | "nobody";

export type Recoverable = "yes" | "no" | "until-date";

/**
 * One thing to do. Text and command may hold placeholders such as `{vaultName}`; every placeholder is a name of `FACTS`. A part of the text
 * in brackets is left out where its facts are not known.
 */
export type Step = {
  readonly text: string;
  /** A command line as a POSIX shell reads it; facts are quoted where they need it. */
  readonly command?: string;
  /** Whose step it is, where it is not the row's `who`. */
  readonly for?: Who;
};

/** A finer cause of a code: what it says replaces what the row says. The class and the status stay the row's. */
export type Reason = {
  /** One clause without a final full stop; no placeholders. */
  readonly message: string;
  readonly who?: Who;
  readonly recoverable?: Recoverable;
  readonly steps?: readonly Step[];
  readonly ask?: string;
  readonly why?: string;
  readonly meanwhile?: string;
  readonly reproduce?: string;
};

export type ErrorRow = {
  readonly title: string;
  /** One clause without a final full stop; no placeholders. */
  readonly message: string;
  readonly class: ErrorClass;
  /** Of the ARM answer and of the device denial alike. Codes that only an agent meets carry the status that a server would use. */
  readonly httpStatus: number;
  readonly who: Who;
  readonly recoverable: Recoverable;
  /** One sentence for the person at the appliance: whom to ask for what. */
  readonly ask: string;
  readonly steps: readonly Step[];
  readonly reasons?: Readonly<Record<string, Reason>>;
  /** For the documentation: the cause. */
  readonly why: string;
  /** For the documentation: what the system does until it is cured. */
  readonly meanwhile: string;
  /** For the documentation: how to cause it in the local stack. */
  readonly reproduce?: string;
  /** For the documentation: where the original troubleshooting article is wrong. */
  readonly articleCorrection?: string;
};

/** Names for messages and steps; what is missing is shown as `<name>`. */
export type Facts = Readonly<Record<string, string | number>>;
