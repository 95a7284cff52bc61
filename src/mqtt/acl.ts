/** The roles of the vehicle contract. `simulator` is the car played by software: a gateway that can also be staged. */
export const ROLES = ["agent", "gateway", "simulator", "hmi", "observer", "tester"] as const;
export type Role = (typeof ROLES)[number];

/** Topic filters below the root. `%c` is the client's own id. */
export interface Grants {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Command domains that the agent may address unless told otherwise. */
export const AGENT_DOMAINS: readonly string[] = [
  "signal",
  "climate",
  "seat",
  "nav",
  "media",
  "phone",
  "message",
  "charging",
  "calendar",
  "weather",
  "payment",
];

const CAR_SAYS = ["state/#", "target/#", "meta/#", "evt/#", "rsp/#", "batch", "presence/gateway"];
const AGENT_INPUTS = ["agent/say", "agent/text", "agent/ptt", "agent/cancel"];

/** Who may say and hear what. Everything not listed is denied. */
export function accessRules(agentDomains: readonly string[] = AGENT_DOMAINS): Readonly<Record<Role, Grants>> {
  return {
    gateway: { publish: CAR_SAYS, subscribe: ["cmd/#", "presence/#"] },
    simulator: { publish: [...CAR_SAYS, "sim/state"], subscribe: ["cmd/#", "presence/#", "sim/cmd/#"] },
    agent: {
      publish: [
        ...agentDomains.map((domain) => `cmd/${domain}/#`),
        "agent/status",
        "agent/turn",
        "agent/level",
        "agent/transcript",
        "presence/agent",
      ],
      subscribe: ["state/#", "target/#", "meta/#", "evt/#", "presence/#", "rsp/%c", ...AGENT_INPUTS],
    },
    hmi: {
      publish: [...AGENT_INPUTS, "presence/hmi"],
      subscribe: ["state/#", "meta/#", "evt/#", "presence/#", "agent/#", "rsp/%c"],
    },
    observer: { publish: ["presence/observer"], subscribe: ["state/#", "evt/#", "presence/#"] },
    tester: {
      publish: ["sim/cmd/#", "agent/text", "agent/ptt"],
      subscribe: [
        "state/#",
        "target/#",
        "meta/#",
        "evt/#",
        "presence/#",
        "agent/#",
        "cmd/#",
        "sim/#",
        "batch",
        "rsp/%c",
      ],
    },
  };
}

/** Whether every topic that `filter` matches is also matched by `grant`. A topic is a filter without wildcards. */
export function covers(grant: string, filter: string): boolean {
  const granted = grant.split("/");
  const asked = filter.split("/");
  for (const [index, level] of granted.entries()) {
    if (level === "#") return true;
    const wanted = asked[index];
    if (wanted === undefined || wanted === "#") return false;
    if (level !== "+" && level !== wanted) return false;
  }
  return asked.length === granted.length;
}

/** What one client may do. */
export interface Access {
  readonly mayPublish: (topic: string) => boolean;
  readonly maySubscribe: (filter: string) => boolean;
}

export function accessOf(root: string, clientId: string, grants: Grants): Access {
  const may = (filters: readonly string[]) => {
    const own = filters.map((filter) => `${root}/${filter.replace("%c", clientId)}`);
    return (topic: string): boolean => own.some((grant) => covers(grant, topic));
  };
  return { mayPublish: may(grants.publish), maySubscribe: may(grants.subscribe) };
}

const CLIENT_ID = /^[A-Za-z0-9_.-]{1,64}$/;

/** A client id belongs to a role when it is the role's name, or starts with it and a dash. */
export function clientIdFits(role: Role, clientId: string): boolean {
  return CLIENT_ID.test(clientId) && (clientId === role || clientId.startsWith(`${role}-`));
}

/**
 * The same rules as text for Mosquitto's `acl_file`. Mosquitto cannot tie client ids to users by itself: set
 * `use_username_as_clientid true`, and let each role connect under its own name.
 */
export function mosquittoAcl(root: string, agentDomains: readonly string[] = AGENT_DOMAINS): string {
  const rules = Object.entries(accessRules(agentDomains)).map(([role, { publish, subscribe }]) =>
    [
      `user ${role}`,
      ...publish.map((filter) => `topic write ${root}/${filter}`),
      ...subscribe.filter((filter) => !filter.includes("%c")).map((filter) => `topic read ${root}/${filter}`),
    ].join("\n"),
  );
  return `${[...rules, `pattern read ${root}/rsp/%c`].join("\n\n")}\n`;
}
