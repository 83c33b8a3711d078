import type { Preparation } from "./machine-state.ts";
import type { VolumeContent } from "./ports.ts";

export type FormatDecision =
  /** The volume is blank, or holds only our own unfinished work. */
  | { readonly kind: "format" }
  /** Ours by its id: kept if it accepts the key. */
  | { readonly kind: "try-key-first" }
  | { readonly kind: "already-prepared" }
  /** Another device's volume, which this device takes over unchanged. */
  | { readonly kind: "keep"; readonly volumeId: string }
  | { readonly kind: "keep-out"; readonly what: string };

/**
 * Whether preparation may write to the volume. Foreign data is never overwritten without a request.
 */
export function decideFormat(
  content: VolumeContent,
  preparation: Preparation,
  {
    formatExisting,
    keepVolume,
  }: { readonly formatExisting: boolean; readonly keepVolume: boolean },
): FormatDecision {
  if (keepVolume) {
    if (preparation.step === "prepared") return { kind: "already-prepared" };
    return content.kind === "formatted"
      ? { kind: "keep", volumeId: content.id }
      : { kind: "keep-out", what: "no volume of this kind, so there is nothing to keep" };
  }
  const ownId = preparation.step === "begun" ? undefined : preparation.volumeId;
  switch (content.kind) {
    case "missing":
    case "blank":
      return { kind: "format" };
    case "formatted":
      if (content.id === ownId)
        return { kind: preparation.step === "prepared" ? "already-prepared" : "try-key-first" };
      return keepOut(`a volume with another id (${content.id})`, formatExisting);
    case "unrecognised":
      // The mark was set when the volume was blank, so its present content is our own interrupted
      // format.
      return preparation.step === "formatting"
        ? { kind: "format" }
        : keepOut("data of another kind", formatExisting);
    case "foreign":
      return keepOut(content.what, formatExisting);
  }
}

function keepOut(what: string, formatExisting: boolean): FormatDecision {
  return formatExisting ? { kind: "format" } : { kind: "keep-out", what };
}
