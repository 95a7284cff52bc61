import type { VehicleCommand } from "../vehicle/command.ts";
import type { SignalPath } from "../vehicle/signal.ts";

const SEGMENT = /^[A-Za-z0-9_.-]{1,64}$/;
/** A branch of the signal tree: the dot is taken, it joins branches in the dotted form. */
const BRANCH = /^[A-Za-z0-9_-]{1,64}$/;
const SET_SIGNALS = "signal";

/** A name cannot be part of a topic. The message quotes the name and says where it was meant to go. */
export class TopicError extends Error {
  override readonly name = "TopicError";
  readonly code = "bad-segment";
  readonly segment: string;

  constructor(segment: string, what: string, allowed = "1 to 64 of A-Z a-z 0-9 _ . -") {
    super(`${JSON.stringify(segment.slice(0, 80))} cannot be ${what} in a topic: use ${allowed}`);
    this.segment = segment;
  }
}

/** Returns `name` when it may stand between two slashes, else throws a TopicError. */
export function topicSegment(name: string, what: string): string {
  if (!SEGMENT.test(name)) throw new TopicError(name, what);
  return name;
}

/** `{prefix}/v1/{vid}`. The prefix may have several levels; `vid` is a pseudonym, never the VIN. */
export function topicRoot({ vid, prefix = "vehicle" }: { readonly vid: string; readonly prefix?: string }): string {
  const levels = prefix.split("/").map((level) => topicSegment(level, "the prefix"));
  return [...levels, "v1", topicSegment(vid, "the vehicle id")].join("/");
}

/** `Vehicle.Cabin.HVAC` → `Vehicle/Cabin/HVAC`. */
export function pathToTopic(path: SignalPath): string {
  const branches = path.split(".");
  for (const branch of branches) {
    if (!BRANCH.test(branch)) throw new TopicError(branch, `part of the path ${path.slice(0, 80)}`);
  }
  return branches.join("/");
}

/** `Vehicle/Cabin/HVAC` → `Vehicle.Cabin.HVAC`, or nothing when that would not lead back. */
export function topicToPath(topic: string): SignalPath | undefined {
  const branches = topic.split("/");
  return branches.every((branch) => BRANCH.test(branch)) ? branches.join(".") : undefined;
}

/** `nav.start` → `nav/start`; only the first dot divides domain and action. */
function serviceToTopic(service: string): string {
  const dot = service.indexOf(".");
  const domain = topicSegment(service.slice(0, Math.max(dot, 0)), `the domain of the service ${service.slice(0, 80)}`);
  if (domain === SET_SIGNALS) throw new TopicError(domain, "the domain of a service", "cmd/signal/set for signals");
  return `${domain}/${topicSegment(service.slice(dot + 1), `the action of the service ${service.slice(0, 80)}`)}`;
}

/** Where a command goes, below the root: `cmd/signal/set` or `cmd/{domain}/{action}`. */
export function commandTopic(command: VehicleCommand): string {
  return `cmd/${command.type === "set-signals" ? `${SET_SIGNALS}/set` : serviceToTopic(command.service)}`;
}

/** Every topic of the vehicle contract below one root. Each throws a TopicError for a name that does not fit. */
export interface Topics {
  readonly root: string;
  readonly catalogue: string;
  readonly clock: string;
  /** A topic below the root whose levels are known to be good. */
  readonly at: (...levels: readonly string[]) => string;
  readonly state: (path: SignalPath) => string;
  readonly command: (command: VehicleCommand) => string;
  readonly reply: (clientId: string) => string;
  readonly presence: (role: string) => string;
  readonly agent: (name: string) => string;
  readonly event: (domain: string, name: string) => string;
  /** What a received topic means; nothing when it is not of this contract or not below this root. */
  readonly parse: (topic: string) => ParsedTopic | undefined;
}

export type ParsedTopic =
  | { readonly kind: "state"; readonly path: SignalPath }
  | { readonly kind: "set-signals" }
  | { readonly kind: "service"; readonly service: string }
  | { readonly kind: "event"; readonly domain: string; readonly name: string }
  | { readonly kind: "meta" | "reply" | "presence" | "agent" | "simulator"; readonly name: string };

export function topics(root: string): Topics {
  for (const level of root.split("/")) topicSegment(level, "the root");
  const at = (...levels: readonly string[]): string => [root, ...levels].join("/");
  return {
    root,
    at,
    catalogue: at("meta", "catalog"),
    clock: at("meta", "clock"),
    state: (path) => at("state", pathToTopic(path)),
    command: (command) => at(commandTopic(command)),
    reply: (clientId) => at("rsp", topicSegment(clientId, "the client id")),
    presence: (role) => at("presence", topicSegment(role, "the role")),
    agent: (name) => at("agent", topicSegment(name, "the name of an agent topic")),
    event: (domain, name) => at("evt", topicSegment(domain, "the event's domain"), topicSegment(name, "the event")),
    parse: (topic) => (topic.startsWith(`${root}/`) ? parseBelow(topic.slice(root.length + 1)) : undefined),
  };
}

const NAMED = { meta: "meta", rsp: "reply", presence: "presence", agent: "agent" } as const;

function parseBelow(topic: string): ParsedTopic | undefined {
  const [kind = "", first = "", second, ...more] = topic.split("/");
  if (kind === "state") {
    const path = topicToPath(topic.slice("state/".length));
    return path === undefined ? undefined : { kind, path };
  }
  if (![first, second ?? first].every((level) => SEGMENT.test(level)) || more.length > 0) return undefined;
  if (second === undefined)
    return Object.hasOwn(NAMED, kind) ? { kind: NAMED[kind as keyof typeof NAMED], name: first } : undefined;
  if (kind === "evt") return { kind: "event", domain: first, name: second };
  if (kind === "sim") return first === "cmd" ? { kind: "simulator", name: second } : undefined;
  if (kind !== "cmd") return undefined;
  if (first !== SET_SIGNALS) return { kind: "service", service: `${first}.${second}` };
  return second === "set" ? { kind: "set-signals" } : undefined;
}
