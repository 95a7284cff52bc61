import { describe, expect, test } from "vitest";

import { halfOf, parseManifest } from "../../../../src/commands/eval/suite.ts";

const HEADER = "kind\tfile\tspeaker\ttranscript\tlabel";
const read = (...rows: string[]) => parseManifest([HEADER, ...rows], "suite/manifest.tsv", (file) => `/suite/${file}`);

describe("a manifest", () => {
  test("is read by the names of its columns, sorted by file", () => {
    const clips = read("noise\tb.wav", "wake\ta.wav\tsomebody\tjarvis\t", "");
    expect(clips).toMatchObject([
      { file: "a.wav", path: "/suite/a.wav", line: 3, kind: "wake", transcript: "jarvis", wants: undefined },
      { file: "b.wav", line: 2, kind: "noise", transcript: "", language: "" },
    ]);
  });

  test("says what is wanted in a label or within the transcript", () => {
    const wants = { name: "order", args: { size: "large", shots: 2, iced: true } };
    const label = '{"intent":"order","slots":{"size":"large","shots":2,"iced":true}}';
    expect(read(`command\ta.wav\t\ta large one\t${label}`)[0]?.wants).toEqual([wants]);
    expect(read(`command\ta.wav\t\t[wake=jarvis] [intent] ${label}`)[0]?.wants).toEqual([wants]);
    expect(read(`command\ta.wav\t\t\t[${label},${label}]`)[0]?.wants).toEqual([wants, wants]);
    expect(read('command\ta.wav\t\t\t{"intent":"stop"}')[0]?.wants).toEqual([{ name: "stop", args: {} }]);
  });

  test("with bad rows is refused with the line of each", () => {
    const rows = [
      "command\tgood.wav\t\thello",
      "music\tb.wav",
      "command\tc.wav\t\t\t{not json",
      "command\tgood.wav",
      "speech",
      "wake\tw.wav",
      'command\td.wav\t\t[intent] {"slots": {}}',
    ];
    expect(() => read(...rows)).toThrow(
      [
        'suite/manifest.tsv:3:1: b.wav: the kind is "music"; there are wake, command, speech, noise, emotion',
        'suite/manifest.tsv:4:1: c.wav: the label {not json is not {"intent": …, "slots": {…}}',
        "suite/manifest.tsv:5:1: good.wav: line 2 has the same file",
        "suite/manifest.tsv:6:1: the file is not named",
        "suite/manifest.tsv:7:1: w.wav: a wake row needs its word as the transcript",
        'suite/manifest.tsv:8:1: d.wav: the label {"slots": {}} is not {"intent": …, "slots": {…}}',
      ].join("\n"),
    );
  });

  test("names a file that is not there", () => {
    const rows = [HEADER, "noise\tgone.wav"];
    expect(() => parseManifest(rows, "m.tsv", () => undefined)).toThrow("m.tsv:2:1: gone.wav: there is no such file");
  });

  test("needs its columns and a row", () => {
    expect(() => parseManifest(["file,kind"], "m.tsv", String)).toThrow(
      "m.tsv:1:1: the header line has no column file and kind",
    );
    expect(() => parseManifest([HEADER, ""], "m.tsv", String)).toThrow("there are no rows");
  });
});

test("halves are taken in the order of names, and together are everything once", () => {
  const clips = ["a", "b", "c", "d", "e"];
  expect(halfOf(clips, "first")).toEqual(["a", "b", "c"]);
  expect(halfOf(clips, "second")).toEqual(["d", "e"]);
  expect(halfOf(clips, "odd")).toEqual(["a", "c", "e"]);
  expect(halfOf(clips, "even")).toEqual(["b", "d"]);
  expect(halfOf(clips, "all")).toEqual(clips);
});
