import type { Observable } from "rxjs";
import type { Author, CommandUpdate, VehicleCommand } from "../../src/vehicle/command.ts";

/** One phase of a command as the car goes through it; the executor adds the id. */
export type CarStep = Omit<CommandUpdate, "id">;

/** What stands behind the gateway: the real actuators, or a simulated world. */
export interface Car {
  /**
   * Judges the command by the car's own signals and, when it may, does it. Emits `accepted` when it starts, `progress`
   * now and then, and exactly one final step, then completes. `rejected` comes alone: nothing has moved.
   * Subscribing acts: the executor subscribes once per command id.
   */
  execute(command: VehicleCommand, author: Author): Observable<CarStep>;
}
