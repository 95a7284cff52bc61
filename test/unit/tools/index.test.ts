import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

import { openDictionary } from "../../../src/engine/hear/dictionary.ts";
import { pronouncer } from "../../../src/engine/hear/pronunciations.ts";
import { CANNOT, compileGrammar } from "../../../src/engine/understand/compile.ts";
import type { SpokenCall } from "../../../src/engine/understand/grammar.ts";
import { sample } from "../../../src/engine/understand/samples.ts";
import { enginePhrases, TOOLS, toolSpecs } from "../../../src/tools/index.ts";
import { LISTS } from "../../../src/tools/lists.ts";

const FOLDER = new URL("../../../src/tools/", import.meta.url);

const phrases = Object.fromEntries(Object.entries(enginePhrases(TOOLS)).map(([name, { en }]) => [name, en]));
const grammar = compileGrammar({ phrases, lists: LISTS, wakeWord: "jarvis" });

describe("the registry", () => {
  test("lists every tool of the folder, each in the file of its name", () => {
    const files = readdirSync(FOLDER).filter(
      (name) => name.endsWith(".ts") && readFileSync(new URL(name, FOLDER), "utf8").includes("= defineTool({"),
    );
    expect(TOOLS.map(({ name }) => `${name.replaceAll("_", "-")}.ts`).sort()).toEqual(files.sort());
  });

  test("tells a provider the JSON Schema of an object, with every argument described or an enumeration", () => {
    for (const { name, description, parameters } of toolSpecs(TOOLS)) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
      expect(description.length).toBeGreaterThan(20);
      expect(parameters).toMatchObject({ type: "object", additionalProperties: false });
      expect(parameters).not.toHaveProperty("$schema");
      for (const property of Object.values(parameters["properties"] as Record<string, object>)) {
        expect("description" in property || "enum" in property).toBe(true);
      }
    }
  });

  test("no argument with a default is required", () => {
    const defrost = toolSpecs(TOOLS).find(({ name }) => name === "climate_defrost");
    expect(defrost?.parameters["required"]).toBeUndefined();
  });
});

describe("the phrases", () => {
  test("are made of words the recogniser's dictionary has", () => {
    const dictionary = new URL("../../../node_modules/soundswallower/model/en-us/dict.txt", import.meta.url);
    const { guessed, missing } = pronouncer(openDictionary(fileURLToPath(dictionary)))(grammar.words);
    expect([...guessed, ...missing]).toEqual([]);
  });

  test("use every list", () => {
    const templates = Object.values(phrases).flat().join(" ");
    const unused = Object.keys(LISTS).filter((list) => !new RegExp(`[{:]${list}\\}`).test(templates));
    expect(unused).toEqual([]);
  });

  const canonical = ({ name, args }: SpokenCall) => {
    const tool = TOOLS.find((one) => one.name === name);
    return JSON.stringify([name, tool?.parameters.parse(args)]);
  };

  test("mean one thing each: what any of them asks for is what is understood, with arguments the tool takes", () => {
    const wrong: string[] = [];
    for (let seed = 0; seed < 1_200; seed += 1) {
      const { text, calls } = sample(grammar, seed);
      const understood = grammar.parse(text)?.map(canonical).join(" ");
      if (understood !== calls.map(canonical).join(" ")) wrong.push(`${text}: ${understood ?? "nothing"}`);
    }
    expect(wrong).toEqual([]);
  });

  test.for<[string, string, object]>([
    ["i'm cold", "climate_adjust_temperature", { delta: 2 }],
    ["it's too hot in here", "climate_adjust_temperature", { delta: -2 }],
    ["it's a bit chilly in here", "climate_adjust_temperature", { delta: 1 }],
    ["a bit warmer", "climate_adjust_temperature", { delta: 1 }],
    ["turn the temperature down by one and a half degrees", "climate_adjust_temperature", { delta: -1.5 }],
    ["set the temperature to twenty two and a half degrees", "climate_set_temperature", { celsius: 22.5 }],
    ["set the passenger side to nineteen degrees", "climate_set_temperature", { zone: "passenger", celsius: 19 }],
    ["make it as cold as possible", "climate_set_temperature", { celsius: "lo" }],
    ["turn on the air conditioning", "climate_set_ac", { on: true }],
    ["a c off", "climate_set_ac", { on: false }],
    ["fan level three", "climate_set_fan", { level: 3 }],
    ["more air", "climate_set_fan", { delta: 1 }],
    ["keep the smell out", "climate_set_recirculation", { mode: "recirculate" }],
    ["the windshield is foggy", "climate_defrost", { window: "front", on: true }],
    ["demist the windscreen", "climate_defrost", { window: "front", on: true }],
    ["recirculate the air", "climate_set_recirculation", { mode: "recirculate" }],
    ["turn off the rear defrost", "climate_defrost", { window: "rear", on: false }],
    ["crack the window", "window_set", { percent: 10 }],
    ["let some air in", "window_set", { percent: 20 }],
    ["open the passenger window halfway", "window_set", { which: "passenger", percent: 50 }],
    ["close all the windows", "window_set", { which: "all", percent: 0 }],
    ["turn on the seat heating for the passenger", "seat_heat", { seat: "passenger", level: 2 }],
    ["warm my seat", "seat_heat", { seat: "driver", level: 2 }],
    ["make it blue", "ambient_light_set", { colour: "blue" }],
    ["dim the lights", "ambient_light_set", { brightness: 20 }],
    ["lock the doors", "doors_lock", { which: "all", action: "lock" }],
    ["take me home", "nav_start", { destination: "home" }],
    ["navigate to the nearest charging station", "nav_start", { destination: "charging station at the museum" }],
    ["stop the navigation", "nav_cancel", {}],
    ["turn it up", "volume_set", { delta: 10 }],
    ["set the volume to thirty percent", "volume_set", { level: 30 }],
    ["how warm is it in here", "vehicle_status", { topic: "cabin_temperature" }],
    ["how cold is it outside", "vehicle_status", { topic: "outside_temperature" }],
    ["how far can we get", "vehicle_status", { topic: "range" }],
    ["are the windows closed", "vehicle_status", { topic: "windows" }],
  ])("%s", ([text, name, args]) => expect(grammar.parse(text)).toEqual([{ name, args }]));

  test.for([
    "open the sunroof",
    "order a pizza",
    "open the doors",
    "call my mother",
    "turn on the lights",
    "switch off",
  ])("%s is none of them", (text) =>
    expect(grammar.parse(text)?.filter(({ name }) => name !== CANNOT) ?? []).toEqual([]),
  );
});
