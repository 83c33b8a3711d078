// What a version writes and reads, as JSON Schema. Run in its clone, it prints the messages of that
// version (README.md).
import * as protocol from "@databox-cmk/protocol";
import * as z from "zod";

/** The part of JSON Schema by which zod describes messages. */
export type Schema = {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  /** Read in the place of a value that does not fit. */
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maximum?: number;
};
export type Messages = Readonly<Record<string, Schema>>;

type Table = { readonly [name: string]: protocol.Call | Table };
const isCall = (row: protocol.Call | Table): row is protocol.Call => Array.isArray(row["at"]);
const isTable = (entry: readonly [string, unknown]): entry is readonly [string, Table] =>
  entry[0].endsWith("_CALLS");
const isMessage = (value: unknown): value is z.core.$ZodType =>
  typeof value === "object" && value !== null && "_zod" in value;

/** Each message of the protocol by its name, each body and answer by its call. */
export function describeMessages(): Messages {
  const found: [string, z.core.$ZodType][] = [];
  const addCalls = (row: protocol.Call | Table): void => {
    if (!isCall(row)) {
      Object.values(row).forEach(addCalls);
      return;
    }
    const at = row.at.join(" ");
    if (row.body !== undefined) found.push([`${at} body`, row.body]);
    for (const [status, answer] of Object.entries(row.answers))
      if (answer !== undefined) found.push([`${at} ${status}`, answer]);
  };
  for (const entry of Object.entries(protocol)) {
    const [name, value] = entry;
    if (isTable(entry)) addCalls(entry[1]);
    else if (isMessage(value)) found.push([name, value]);
  }
  const schemas = found.map(([name, message]) => [
    name,
    z.toJSONSchema(message, { io: "input", unrepresentable: "any" }),
  ]);
  const messages: Messages = JSON.parse(JSON.stringify(Object.fromEntries(schemas)));
  return messages;
}

if (import.meta.main) console.log(JSON.stringify(describeMessages()));
