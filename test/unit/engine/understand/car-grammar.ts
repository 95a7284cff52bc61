import { type CompiledGrammar, compileGrammar } from "../../../../src/engine/understand/compile.ts";
import type { GrammarSpec } from "../../../../src/engine/understand/grammar.ts";

/** A small car, with one of everything that templates can do. */
export const CAR: GrammarSpec = {
  wakeWord: "jarvis",
  lists: {
    zone: [
      { say: "driver", value: "driver" },
      { say: "driver's", value: "driver" },
      { say: "passenger", value: "passenger" },
      { say: "rear", value: "rear" },
      { say: "rear left", value: "rear_left" },
      { say: "left rear", value: "rear_left" },
    ],
    place: [
      { say: "home", value: "home" },
      { say: "the office", value: "work" },
      { say: "the nearest charging station", value: "charger" },
    ],
    wide: [
      { say: "wide", value: true },
      { say: "ajar", value: false },
    ],
  },
  phrases: {
    temperature: [
      "(set|put) [the] [{zone}] temperature to {celsius:number(16..28,0.5)} [degrees]",
      "(set|make) it {celsius:number(16..28,0.5)} degrees [for the {zone}]",
    ],
    warmer: ["(make it|i want it) [a bit|a little] (warmer{delta=1}|cooler{delta=-1})"],
    ac: [
      "(turn|switch) (on{on=true}|off{on=false}) [the] (air conditioning|air con|a c)",
      "(turn|switch) [the] (air conditioning|air con|a c) (on{on=true}|off{on=false})",
    ],
    window: [
      "(open|lower) [the] [{which:zone}] window{percent=100} [please|now]",
      "open [the] [{which:zone}] window (a bit{percent=20}|half way{percent=50})",
      "(set|put) [the] [{which:zone}] window to {percent:number(0..100)} percent",
    ],
    gate: ["leave the gate {open:wide}"],
    music: [
      "play rock{genre=rock}",
      "play rock and roll{genre=rockabilly}",
      "play rock and roll and then open the window",
    ],
    go: ["(take me|drive) [to] {place}"],
    range: ["(how far can we (get|go)|what is our range|what's our range)"],
  },
};

export const carGrammar = (): CompiledGrammar => compileGrammar(CAR);
