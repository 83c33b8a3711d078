export * from "./device/fields.ts";
export * from "./device/message-types.ts";
export * from "./device/challenge.ts";
export * from "./device/enrolment.ts";
export * from "./device/unlock.ts";
export * from "./device/receipt.ts";
export { parseWith, type Parsed } from "./parse.ts";
