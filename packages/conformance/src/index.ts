export type { SplitAgent } from "./agent/agent-world.ts";
export { checkAgent } from "./check-agent.ts";
export { checkBroker } from "./check-broker.ts";
export { commandActs } from "./command-acts.ts";
export { commandAgent } from "./command-agent.ts";
export { FORGED_DENIALS, signDenial } from "./forged-denials.ts";
export { FORGED_GRANTS } from "./forged-grants.ts";
export { FOREIGN_UNLOCKS } from "./foreign-unlocks.ts";
export type { Result } from "./result.ts";
