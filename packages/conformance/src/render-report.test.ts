import { expect, test } from "vitest";

import { renderJunit, renderMarkdown } from "./render-report.ts";

const RESULTS = [
  { suite: "agent: exchange", name: "unlocks" },
  {
    suite: "agent: denial",
    name: 'says "no" & why',
    fault: "said <unlocked> |\nand went on\u0000",
  },
  { suite: "agent: denial", name: "rekeys", notChecked: "the agent does not play it" },
];

test("JUnit's XML counts, names and escapes", () => {
  expect(renderJunit(RESULTS)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="agent: exchange" tests="1" failures="0" skipped="0">
    <testcase classname="agent: exchange" name="unlocks"/>
  </testsuite>
  <testsuite name="agent: denial" tests="2" failures="1" skipped="1">
    <testcase classname="agent: denial" name="says &quot;no&quot; &amp; why"><failure message="said &lt;unlocked&gt; | and went on "/></testcase>
    <testcase classname="agent: denial" name="rekeys"><skipped message="the agent does not play it"/></testcase>
  </testsuite>
</testsuites>
`);
});

test("Markdown has a table for each suite", () => {
  expect(renderMarkdown(RESULTS)).toBe(`# Conformance to the device API

1 passed, 1 failed, 1 not checked

## agent: exchange

| case | result |
| --- | --- |
| unlocks | passed |

## agent: denial

| case | result |
| --- | --- |
| says "no" & why | said <unlocked> \\| and went on\u0000 |
| rekeys | not checked: the agent does not play it |
`);
});
