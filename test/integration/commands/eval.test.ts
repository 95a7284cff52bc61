import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createClipResampler, joined } from "../../../src/audio/resample.ts";
import { writeWav } from "../../../src/audio/wav.ts";
import { type IntentOptions, measureIntent } from "../../../src/commands/eval/intent.ts";
import { KINDS } from "../../../src/commands/eval/suite.ts";
import { measureWake, type WakeOptions } from "../../../src/commands/eval/wake.ts";
import { type CountedSpeech, openSpeech } from "../../../src/engine/speak/open-speech.ts";
import type { Voice } from "../../../src/engine/speak/speech.ts";
import { codriver } from "../../support/codriver.ts";

const COFFEE = resolve("test/fixtures/tools/coffee.yaml");
const TIMEOUT_MS = 120_000;

const INTENT: IntentOptions = { tools: COFFEE, seed: 1, half: "all", kinds: KINDS, model: "bundled" };
const WAKE: WakeOptions = { word: "jarvis", seed: 1, half: "all", kinds: KINDS };

const label = (slots: object): string => JSON.stringify({ intent: "orderDrink", slots });
/** File, kind, transcript, label, voice, what is really said, rate. */
const ROWS = [
  ["a.wav", "command", "", label({ coffeeDrink: "latte", size: "large" }), "slt", "i would like a large latte", 16_000],
  ["b.wav", "command", `[intent] ${label({ coffeeDrink: "cappuccino" })}`, "", "rms", "give me a cappuccino", 44_100],
  ["c.wav", "command", "get me an espresso with brown sugar", "", "slt", "get me an espresso with brown sugar", 8_000],
  ["d.wav", "command", "", label({ coffeeDrink: "mocha" }), "slt", "can i get a dark roast coffee", 16_000],
  ["e.wav", "command", "open the sunroof", "", "rms", "open the sunroof", 16_000],
  ["f.wav", "speech", "", "", "rms", "yesterday the weather was much nicer in the mountains", 16_000],
  ["g.wav", "wake", "hey jarvis", "", "slt", "hey jarvis, what time is it", 22_050],
  ["h.wav", "wake", "jarvis", "", "rms", "Jarvis, open the window", 16_000],
  ["i.wav", "noise", "", "", "", "", 16_000],
  ["j.wav", "speech", "", "", "awb", "we were talking about something else entirely", 16_000],
] as const;

let suite: string;
let speech: CountedSpeech;

beforeAll(async () => {
  suite = mkdtempSync(join(tmpdir(), "codriver-eval-"));
  speech = await openSpeech();
  for (const [file, , , , voice, text, rateHz] of ROWS) {
    const pcm = voice === "" ? new Int16Array(rateHz) : await say(voice, text, rateHz);
    await writeWav(join(suite, file), [pcm], rateHz);
  }
  const rows = ROWS.map(([file, kind, transcript, wants]) => [wants, kind, file, transcript].join("\t"));
  writeFileSync(join(suite, "manifest.tsv"), ["label\tkind\tfile\ttranscript", ...rows].join("\n"));
});

afterAll(() => {
  speech.close();
  rmSync(suite, { recursive: true });
});

async function say(voice: Voice, text: string, rateHz: number): Promise<Int16Array> {
  const clauses = await lastValueFrom(speech.speak({ text, voice, rateHz: 24_000 }).pipe(toArray()), {
    defaultValue: [],
  });
  return (await createClipResampler(24_000, rateHz))(joined(clauses));
}

const outcomes = (cases: readonly { file: string; outcome: string }[]) =>
  Object.fromEntries(cases.map(({ file, outcome }) => [file, outcome]));

describe("spoken commands", () => {
  test("are heard at any rate, understood, and compared with their labels", { timeout: TIMEOUT_MS }, async () => {
    const result = await measureIntent(suite, INTENT);
    expect(outcomes(result.cases)).toEqual({
      "a.wav": "right",
      "b.wav": "right",
      "c.wav": "right",
      "d.wav": "wrong-arguments",
      "e.wav": "nothing",
      "f.wav": "nothing",
      "i.wav": "nothing",
      "j.wav": "nothing",
    });
    expect(result).toMatchObject({ n: 4, allRight: 3, rightTool: 4, rejected: 0, faults: 1, negatives: 4, actedOn: 0 });
    // The wake words.
    expect(result.leftOut).toBe(2);
    expect(result.cases[3]).toMatchObject({
      expected: [{ name: "orderDrink", args: { coffeeDrink: "mocha" } }],
      got: [{ name: "orderDrink", args: { coffeeDrink: "coffee", roast: "dark roast" } }],
    });
  });

  test("drown in noise that is loud enough, in the same way each time", { timeout: TIMEOUT_MS }, async () => {
    const options: IntentOptions = { ...INTENT, kinds: ["command"], half: "first" };
    const loud = { ...options, noise: "babble", snr: -15 };
    const first = await measureIntent(suite, loud);
    expect(first.allRight).toBe(0);
    const second = await measureIntent(suite, loud);
    const heard = ({ cases }: typeof first) => cases.map(({ file, text, score }) => ({ file, text, score }));
    expect(heard(second)).toEqual(heard(first));
    expect((await measureIntent(suite, { ...options, noise: "brown", snr: 30 })).allRight).toBe(2);
  });
});

describe("wake words", () => {
  test("are detected where they are said, and nowhere else", { timeout: TIMEOUT_MS }, async () => {
    const result = await measureWake(suite, WAKE);
    expect(result).toMatchObject({
      word: "jarvis",
      positives: 2,
      detected: 2,
      negatives: 8,
      falseAccepts: 0,
      cases: [],
    });
  });

  test("that are missed tell how near they came", { timeout: TIMEOUT_MS }, async () => {
    const noise = join(suite, "j.wav");
    const result = await measureWake(suite, { ...WAKE, kinds: ["wake"], noise, snr: -30 });
    expect(result).toMatchObject({ positives: 2, detected: 0, negatives: 0, falseAcceptsPerHourBelow: null });
    expect(result.cases.map(({ file, expected }) => [file, expected])).toEqual([
      ["g.wav", true],
      ["h.wav", true],
    ]);
  });
});

describe("the command", () => {
  const run = (...args: readonly string[]) => codriver(["eval", ...args], { cwd: suite }).ended;

  test("writes the result, and ends as wanted", { timeout: TIMEOUT_MS }, async () => {
    const json = join(suite, "result.json");
    const wanted = ["--tools", COFFEE, "--model", "bundled", "--kinds", "command", "--half", "first"];
    const ended = await run("intent", ".", ...wanted, "--json", json, "--min-accuracy", "100");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/^commands +2\nall right +2 {2}100\.0 % \(34\.2 to 100\.0\)\n/);
    const result: unknown = JSON.parse(readFileSync(json, "utf8"));
    expect(result).toMatchObject({ kind: "intent", n: 2, allRight: 2, conditions: { half: "first", noise: null } });

    const failed = await run("intent", ".", ...wanted, "--half", "all", "--json", "-", "--min-accuracy", "80");
    expect(failed.code).toBe(4);
    expect(JSON.parse(failed.stdout)).toMatchObject({ n: 4, allRight: 3 });
  });

  test("checks typed sentences", { timeout: TIMEOUT_MS }, async () => {
    const file = join(suite, "sentences.jsonl");
    const line = (text: string, ...calls: object[]) => JSON.stringify({ text, calls });
    const open = { name: "window_set", args: { which: "driver", percent: 50 } };
    writeFileSync(
      file,
      [line("Open my window halfway!", open), line("Close my window", open), line("Tell me a joke"), ""].join("\n"),
    );
    const ended = await run("text", file, "--min-accuracy", "51");
    expect(ended.code).toBe(4);
    expect(ended.stdout).toMatch(/^commands +2\nall right +1 {2}50\.0 %/);
    expect(ended.stdout).toContain(`wrong arguments:\n  ${file}:2  score 0`);
    writeFileSync(file, "{}\nnonsense\n");
    const bad = await run("text", file);
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toContain("sentences.jsonl:1:1: expected");
    expect(bad.stderr).toContain("sentences.jsonl:2:1: expected");
  });

  test.each<[string, readonly string[], RegExp]>([
    ["no such folder", ["wake", "nowhere"], /nowhere\/manifest\.tsv: no such file/],
    ["no such tools", ["intent", ".", "--tools", "gone.yaml"], /gone\.yaml: no such file/],
    [
      "commands for other tools",
      ["intent", "."],
      /asks for none of the tools .*window_set.*: the rows ask for orderDrink/,
    ],
    ["an unknown word", ["wake", ".", "--word", "hal"], /hal/],
    ["an unknown noise", ["wake", ".", "--noise", "white"], /--noise: .*white/],
    ["a distance to no noise", ["wake", ".", "--snr", "10"], /--snr: there is no --noise/],
    ["an unknown kind", ["wake", ".", "--kinds", "wake,music"], /--kinds/],
    ["an unknown model", ["intent", ".", "--tools", COFFEE, "--model", "/nowhere"], /nowhere/],
  ])("explains %s", { timeout: TIMEOUT_MS }, async (_, args, reason) => {
    const ended = await run(...args);
    expect(ended.stderr).toMatch(reason);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
  });
});
