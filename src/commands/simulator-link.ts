import { randomUUID } from "node:crypto";

import { type CarClock, type CarLink, carLink } from "../mqtt/car-link.ts";
import type { OpenBroker } from "./open-broker.ts";

/** The simulated car's end of the vehicle contract on a broker. Each start is a new instance of its gateway. */
export function simulatorLink(broker: OpenBroker): (clock: () => CarClock) => CarLink {
  return (clock) =>
    carLink({
      broker: broker.as("simulator"),
      root: broker.root,
      clientId: "simulator",
      instance: randomUUID(),
      simulated: true,
      clock,
    });
}
