import { z } from "zod";

import { PATHS } from "../vehicle/paths.ts";
import { PLACES, type Place } from "../vehicle/places.ts";
import type { Reading } from "../vehicle/signal.ts";
import { defineTool, type Plan, type UndoCall } from "./tool.ts";

/** Finding a route takes a navigation computer a while. */
const DEADLINE_MS = 10_000;

export const navStart = defineTool({
  name: "nav_start",
  description: `Starts route guidance to a place the car knows: ${PLACES.map(({ name }) => name).join(", ")}.`,
  parameters: z.strictObject({
    destination: z.string().trim().min(1).max(100).describe("The name of the place, as in the description."),
  }),
  phrases: {
    en: [
      "(take|drive|bring|get) (me|us) [to] {destination:place}",
      "(navigate|navigate me|guide me|guide us|direct me|drive|head) [to] {destination:place}",
      "(let's|let us) (go|drive|head) [to] {destination:place}",
      "(go|we're going|we are going|i'm going|i am going) [to] {destination:place}",
      "(i|we) (need|have|must|would like|want) to (go|get|drive|be) [to|at] {destination:place}",
      "(i'd|we'd) like to (go|get|drive) [to] {destination:place}",
      "(show|tell) me the (way|route) [to] {destination:place}",
      "(find|plan|set|start|calculate) (a|the|my) (way|route|course) [to] {destination:place}",
      "(start|begin) [the] (navigation|guidance|route guidance) [to] {destination:place}",
      "(give me|get me|i need) [the] directions [to] {destination:place}",
      "(directions|route|navigation) [to] {destination:place}",
      "(set|change) [the|my|our] destination to {destination:place}",
      "[the|my|our] destination is {destination:place}",
      "how do (i|we) get [to] {destination:place}",
      "(find|find me|look for|where is|where's) {destination:place}",
    ],
    "en-x-topic": ["(navigation|route|directions)"],
  },
  plan({ destination }, vehicle) {
    const [place, ...others] = findPlaces(destination);
    if (!place) return { type: "cannot", say: `I don't know a place called ${destination}.` };
    if (others.length > 0) return whichOf([place, ...others]);
    const guidance = vehicle.read(PATHS.guidance);
    const current = vehicle.read(PATHS.destination);
    const isUnderWay = guidance.status === "valid" && guidance.value === true && current.status === "valid";
    if (isUnderWay && current.value === place.name)
      return { type: "answer", say: `We are already on our way ${place.to}.` };
    return {
      type: "command",
      command: { type: "call-service", service: "nav.start", args: { name: place.name }, deadlineMs: DEADLINE_MS },
      wording: { accepted: `Looking for the way ${place.to}.`, done: `The route ${place.to} is set.` },
      ...wayBack(guidance, current),
    };
  },
});

/** Back to where we were going, as far as that is known. */
function wayBack(guidance: Reading, destination: Reading): { readonly undo?: UndoCall } {
  if (guidance.status !== "valid") return {};
  if (guidance.value !== true) return { undo: { name: "nav_cancel", args: {} } };
  const before = PLACES.find(({ name }) => destination.status === "valid" && destination.value === name);
  return before === undefined ? {} : { undo: { name: "nav_start", args: { destination: before.name } } };
}

/** The place of that name, or all whose names have these words in them. */
function findPlaces(spoken: string): readonly Place[] {
  const wanted = bare(spoken);
  const names = ({ name, say }: Place): readonly string[] => [name, ...say].map(bare);
  const exact = PLACES.find((place) => names(place).includes(wanted));
  if (exact !== undefined) return [exact];
  return PLACES.filter((place) => names(place).some((known) => ` ${known} `.includes(` ${wanted} `)));
}

function whichOf(places: readonly Place[]): Plan {
  const said = places.map(({ name }) => `the ${name}`);
  const options = places.map(({ name }) => ({ say: `the ${name}`, args: { destination: name } }));
  return { type: "choose", say: `Which one: ${said.join(", or ")}?`, options };
}

/** Models write "Airport", drivers say "the airport". */
function bare(name: string): string {
  return name.toLowerCase().replace(/^(to )?(the|a|my) /, "");
}
