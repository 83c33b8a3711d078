import type { UiTexts } from "../texts/en.ts";
import type { Problem } from "./problem.ts";

/** A problem as a text for the person who can solve it, with the page that has the buttons. */
export function describeProblem(
  { title, message, who, code, steps }: Problem,
  page: string,
  { explanation, who: people, failureText }: UiTexts,
): string {
  const inWords = (text: string) =>
    failureText(text)
      .map((part) => part.text)
      .join("");
  return [
    inWords(title),
    inWords(message),
    `${explanation.whoActs}: ${people[who]}`,
    `${explanation.code}: ${code}`,
    ...steps.flatMap(({ text, command }, index) => [
      `${String(index + 1)}. ${inWords(text)}`,
      ...(command === undefined ? [] : [command]),
    ]),
    page,
  ].join("\n");
}
