import { describe } from "vitest";
import { startEmbeddedBroker, startMemoryBroker, throughCables } from "../support/broker.ts";
import { MOSQUITTO, startMosquitto } from "../support/mosquitto.ts";
import { haveOrSkip } from "../support/require-or-skip.ts";
import { vehicleBusContract } from "./vehicle-bus.ts";

vehicleBusContract("a broker in memory", startMemoryBroker);
vehicleBusContract("the embedded broker", startEmbeddedBroker);

describe.skipIf(!haveOrSkip(MOSQUITTO))("with Debian's mosquitto (skipped where the package is missing)", () => {
  vehicleBusContract("Mosquitto", () => throughCables(startMosquitto));
});
