import { expect, test } from "vitest";

import { grammarLoader } from "../../../../src/engine/hear/load-grammar.ts";
import type { Grammar, GrammarSpec } from "../../../../src/engine/understand/grammar.ts";

const spec = (phrase: string): GrammarSpec => ({ phrases: { tool: [phrase] }, lists: {}, wakeWord: "hey jarvis" });

/** A recogniser that keeps the two grammars loaded last. */
function shelf() {
  const told: string[] = [];
  const loaded: string[] = [];
  const load = grammarLoader({
    recogniser: {
      recall: (name) => loaded.includes(name),
      load: (name, _network, words) => {
        told.push(`load ${words.map(([entry]) => entry).join(" ")}`);
        loaded.push(name);
        if (loaded.length > 2) loaded.shift();
      },
    },
    compile: ({ phrases }): Grammar => {
      const words = Object.values(phrases).flat().join(" ").split(" ");
      told.push(`compile ${words.join(" ")}`);
      return {
        jsgf: "",
        words,
        network: () => ({ states: 0, start: 0, ends: [], breaks: [], arcs: [] }),
        parse: () => undefined,
        completeness: () => "nothing",
      };
    },
    lookUp: (words) => ({ known: words.map((word) => [word, "AA B K"]), guessed: [], missing: [] }),
  });
  return { load, told };
}

test("a grammar that is still loaded costs nothing, one that is not is compiled no second time", () => {
  const { load, told } = shelf();
  for (const phrase of ["go", "stop", "go"]) load(spec(phrase));
  expect(told).toEqual(["compile go", "load go", "compile stop", "load stop"]);
  load(spec("wait"));
  told.length = 0;
  load(spec("go"));
  expect(told).toEqual(["load go"]);
});

test("the wake word may have lost its beginning", () => {
  const { load, told } = shelf();
  load({ ...spec("jarvis"), wakeWord: "jarvis" });
  expect(told.at(-1)).toBe("load jarvis jarvis(11)");
});
