import type { Denial } from "@databox-cmk/protocol";

/**
 * Largest payload of a denial that a person carries, in bytes. With header and signature it fits
 * one QR code of version 34 at level M (ISO/IEC 18004), which a phone can read from a screen.
 */
export const CARRIED_DENIAL_MAX_BYTES = 1050;
const SENTENCE_MAX_CHARACTERS = 240;

/**
 * Shortens a denial by parts that the person can find elsewhere: first commands (the administrator
 * finds them in the portal), then steps (the agent has its own table), then the ends of sentences.
 * Code, class and who always stay.
 *
 * @param byteLength - of a text in UTF-8, such as Node's `Buffer.byteLength`
 */
export function fitDenial(denial: Denial, byteLength: (text: string) => number): Denial {
  let fitted = denial;
  const fits = () => byteLength(JSON.stringify(fitted)) <= CARRIED_DENIAL_MAX_BYTES;
  if (fits()) return fitted;
  fitted = { ...fitted, steps: fitted.steps.map(({ text }) => ({ text })) };
  while (!fits() && fitted.steps.length > 0)
    fitted = { ...fitted, steps: fitted.steps.slice(0, -1) };
  if (fits()) return fitted;
  const { vaultRequestId: _vaultRequestId, ...rest } = fitted;
  return { ...rest, message: shorten(rest.message), ask: shorten(rest.ask) };
}

function shorten(sentence: string): string {
  return sentence.length <= SENTENCE_MAX_CHARACTERS
    ? sentence
    : `${cut(sentence, SENTENCE_MAX_CHARACTERS - 1)}…`;
}

/** A reader refuses half of a surrogate pair, which a cut may leave. */
export const cut = (text: string, maxCharacters: number): string =>
  text.slice(0, maxCharacters).toWellFormed();
