import { existsSync } from "node:fs";

/** The folder in which the agent finds it. */
const PLACES = ["/usr/sbin/cryptsetup", "/sbin/cryptsetup", "/usr/bin/cryptsetup"];

export const cryptsetupPath = PLACES.find((path) => existsSync(path));
export const hasCryptsetup = cryptsetupPath !== undefined;
/** Every CI service sets it. */
export const isContinuousIntegration = (process.env["CI"] ?? "") !== "";
/** The program that accepts the keys on this machine. */
export const expectedProof = hasCryptsetup ? "cryptsetup" : "authenticated-header";
export const expectedVolume = hasCryptsetup ? "luks2" : "file";
