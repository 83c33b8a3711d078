import type { FACTS } from "./facts.ts";
import type { CATALOGUE } from "./languages/german.ts";

/**
 * - `refused`: an authority refused; final until a person acts.
 * - `unreachable`: no authoritative answer; try again, and never treat it as a refusal.
 * - `invalid`: the input or the found state is wrong.
 * - `pending`: not decided or not ready yet; the same request will succeed later.
 * - `internal`: a fault of our own.
 */
export type ErrorClass = "refused" | "unreachable" | "invalid" | "pending" | "internal";

/** The person who must act. */
export type Who =
  | "security-administrator"
  | "order-owner"
  | "site-operator"
  | "broker-operator"
  | "nobody";

export type Recoverable = "yes" | "no" | "until-date";

/**
 * A text of the table, in English, whose German stands in table/german with the same
 * `{placeholders}` and `[optional parts]`. Answers, logs and signatures hold the English.
 */
export type Text = keyof typeof CATALOGUE;

/**
 * Text and command may hold placeholders such as `{vaultName}`; every placeholder is a name of
 * `FACTS`. A part of the text in brackets is omitted if its facts are not known.
 */
export type Step<Words = string> = {
  readonly text: Words;
  /** A command line as a POSIX shell reads it; facts are quoted where they need it. */
  readonly command?: string | undefined;
  /** The command is omitted if this fact, which not every reporter has, is not known. */
  readonly needs?: keyof typeof FACTS;
  /** The person for this step, if it is not the row's `who`. */
  readonly for?: Who;
};

/**
 * A finer cause of a code: its members replace the row's. The class and the status stay the row's.
 */
export type Reason<Words = string, AnyStep = Step<Words>> = {
  /** One clause without a final full stop; no placeholders. */
  readonly message: Words;
  readonly who?: Who;
  readonly recoverable?: Recoverable;
  readonly steps?: readonly AnyStep[];
  readonly ask?: Words;
  /** Only the documentation shows it, in English. */
  readonly why?: string;
  readonly meanwhile?: string;
  readonly reproduce?: string;
};

export type ErrorRow<Words = string, AnyStep = Step<Words>> = {
  readonly title: Words;
  /** One clause without a final full stop; no placeholders. */
  readonly message: Words;
  readonly class: ErrorClass;
  /**
   * Status of both the ARM answer and the device denial. Codes that only an agent meets carry the
   * status that a server would use.
   */
  readonly httpStatus: number;
  readonly who: Who;
  readonly recoverable: Recoverable;
  /** One sentence for the person at the appliance: whom to ask, and for what. */
  readonly ask: Words;
  readonly steps: readonly AnyStep[];
  readonly reasons?: Readonly<Record<string, Reason<Words, AnyStep>>>;
  /** The documentation and the troubleshooter show the cause. */
  readonly why: Words;
  /**
   * For the documentation and the troubleshooter: the system's behaviour until the cause is
   * removed.
   */
  readonly meanwhile: Words;
  /** The documentation shows how to cause it in the local stack. */
  readonly reproduce?: string;
  /** The documentation shows where the original troubleshooting article is wrong. */
  readonly articleCorrection?: string;
};

/** A step as the table's files write it: only a text, if it has no command and is for `who`. */
export type WrittenStep = Text | Step<Text>;

/** A row as the table's files write it; a failure is recoverable unless its row says otherwise. */
export type WrittenRow = Omit<ErrorRow<Text, WrittenStep>, "recoverable"> & {
  readonly recoverable?: Exclude<Recoverable, "yes">;
};

/** Names for messages and steps; a missing one is shown as `<name>`. */
export type Facts = Readonly<Record<string, string | number>>;
