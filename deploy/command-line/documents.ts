import type { Program } from "./program.ts";
import { renderCompletion } from "./render-completion.ts";
import { type Manual, renderManPage } from "./render-man-page.ts";

/**
 * A program's man page and completion.
 *
 * @returns path below the root of an installed system → content
 */
export function renderDocuments(
  program: Program,
  manual: Manual,
): Readonly<Record<string, string>> {
  return {
    [`usr/share/man/man8/${program.name}.8`]: renderManPage(program, manual),
    [`usr/share/bash-completion/completions/${program.name}`]: renderCompletion(program),
  };
}
