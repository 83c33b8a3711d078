import { expect, test } from "vitest";

import { wrap } from "./render-human.ts";

test.each([
  { text: "", width: 10, lines: [""] },
  { text: "one two", width: 10, lines: ["one two"] },
  { text: "one two three", width: 7, lines: ["one two", "three"] },
  {
    text: "https://a.very.long.example/url end",
    width: 7,
    lines: ["https://a.very.long.example/url", "end"],
  },
  {
    text: "see https://a.very.long.example/url",
    width: 7,
    lines: ["see", "https://a.very.long.example/url"],
  },
])("$text within $width characters", ({ text, width, lines }) => {
  expect(wrap(text, width)).toEqual(lines);
});
