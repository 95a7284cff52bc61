import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { compileGrammar } from "../../src/engine/understand/compile.ts";
import { sample } from "../../src/engine/understand/samples.ts";
import { callMemory } from "../../src/tools/call-memory.ts";
import { TOOLS } from "../../src/tools/index.ts";
import { LISTS } from "../../src/tools/lists.ts";
import type { Plan } from "../../src/tools/tool.ts";
import type { SignalValue, VehicleSnapshot } from "../../src/vehicle/signal.ts";

const SAMPLES = 300;
const SOURCES = ["../../src/tools", "../../src/policy", "../../src/engine", "../../personas"];
/** A sentence between quotes, or behind a key of YAML. */
const SENTENCE = /(?:"([A-Z][^"\n]*[.?!])"|`([A-Z][^`\n]*[.?!])`|: ([A-Z][^"\n#]*[.?!])$)/gm;

/** What the agent may say: what the tools answer to sampled wishes, and every sentence of the sources and personas. */
export function ownReplies(): readonly string[] {
  return [...new Set([...planned(), ...written()])].sort();
}

function planned(): readonly string[] {
  const phrases = Object.fromEntries(TOOLS.map((tool) => [tool.name, tool.phrases.en]));
  const grammar = compileGrammar({ phrases, lists: LISTS, wakeWord: "codriver" });
  const wishes = Array.from({ length: SAMPLES }, (_, seed) => sample(grammar, seed).calls).flat();
  return wishes.flatMap(({ name, args }) => {
    const tool = TOOLS.find((one) => one.name === name);
    const parsed = tool?.parameters.safeParse(args);
    if (tool === undefined || parsed?.success !== true) return [];
    return CARS.flatMap((car) => saidBy(tool.plan(parsed.data, car, callMemory())));
  });
}

function saidBy(plan: Plan): readonly string[] {
  if (plan.type !== "command") return [plan.say];
  const { accepted, done } = plan.wording;
  return typeof done === "string" ? [accepted, done] : [accepted];
}

/** A car that tells nothing, and two in which everything reads the same. */
const CARS: readonly VehicleSnapshot[] = [undefined, 20, true].map((value?: SignalValue) => ({
  read: () => ({ value, at: 0, status: value === undefined ? "unavailable" : "valid", simulated: true }),
}));

function written(): readonly string[] {
  const files = SOURCES.map((source) => fileURLToPath(new URL(source, import.meta.url))).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|yaml)$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
  return files
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(SENTENCE)])
    .map(([, quoted, template, plain]) =>
      (quoted ?? template ?? plain ?? "").replaceAll(/\$?\{[^}]*\}/g, "the window"),
    );
}
