import { describe, expect, test } from "vitest";

import { compileGrammar } from "../../../src/engine/understand/compile.ts";
import { TOOLS } from "../../../src/tools/index.ts";
import { LISTS } from "../../../src/tools/lists.ts";
import { loadScenario, scenarioNames } from "../../../vehicle-sim/scenario.ts";

const grammar = compileGrammar({
  phrases: Object.fromEntries(TOOLS.map(({ name, phrases }) => [name, phrases.en])),
  lists: LISTS,
  wakeWord: "jarvis",
});
/** What goes on from what was said before means something only there: the drives themselves try it. */
const turns = scenarioNames().flatMap((name) =>
  loadScenario(name, { tools: TOOLS.map((tool) => tool.name) })
    .turns.filter(({ wake = true }) => wake)
    .map((turn) => ({ name, ...turn })),
);

describe("the shipped scenarios", () => {
  test("are there, with the commute as the long one", () => {
    expect(scenarioNames()).toEqual(["conversation", "morning-commute", "parked"]);
    expect(loadScenario("morning-commute").turns.length).toBeGreaterThanOrEqual(12);
  });

  test.for(turns)("$name: “$say” means what is expected", ({ say, expect: expected }) => {
    const understood = grammar.parse(`jarvis ${say}`) ?? [];
    expect(understood.filter(({ name }) => !name.startsWith("codriver."))).toMatchObject(
      expected.calls.map(({ name, args }) => ({ name, args })),
    );
  });
});
