import { encodeQR } from "qr";

/**
 * Error correction: a smudged screen or a shaky hand may hide 15 % of the picture. The library `qr`
 * was chosen since it also decodes, so that tests and the portal read the agent's codes; qrcode
 * brings a PNG encoder and a command line, and uqr and lean-qr only encode.
 */
const LEVEL = "medium";
/** Light modules around the code that readers need (ISO/IEC 18004 §7.3.7). */
const QUIET_MODULES = 4;

/**
 * Half a character per module, light ones drawn, since terminals are dark. 129 modules are 129
 * columns and 65 lines.
 */
export function renderQrForTerminal(text: string): string {
  return encodeQR(text, "ascii", { ecc: LEVEL, border: QUIET_MODULES, encoding: "byte" });
}

export function renderQrAsSvg(text: string): string {
  return encodeQR(text, "svg", { ecc: LEVEL, border: QUIET_MODULES, encoding: "byte" });
}
