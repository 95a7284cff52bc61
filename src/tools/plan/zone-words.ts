import { z } from "zod";

import { ZONES, type Zone } from "../../vehicle/paths.ts";

/** The schema of a zone argument; drivers who name none mean themselves. */
export function zoneParameter(what: string, fallback: Zone = "driver"): z.ZodDefault<z.ZodEnum<{ [Z in Zone]: Z }>> {
  return z.enum(ZONES).default(fallback).describe(`${what}; ${fallback} when the driver names none.`);
}

const SIDES: Readonly<Record<Zone, string>> = {
  all: "whole cabin",
  front: "front",
  rear: "rear",
  driver: "driver side",
  passenger: "passenger side",
  rear_left: "rear left",
  rear_right: "rear right",
};

/** "the driver side", "the whole cabin". */
export function sideName(zone: Zone): string {
  return `the ${SIDES[zone]}`;
}

/** "The driver window is", "All windows are": the subject of a sentence about one or several of a kind. */
export function subject(zone: Zone, noun: string): string {
  return `${upper(thing(zone, noun))} ${isSeveral(zone) ? "are" : "is"}`;
}

/** "the driver window", "all windows", "the rear doors". */
export function thing(zone: Zone, noun: string): string {
  if (zone === "all") return `all ${noun}s`;
  return `the ${zone.replace("_", " ")} ${noun}${isSeveral(zone) ? "s" : ""}`;
}

export function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isSeveral(zone: Zone): boolean {
  return zone === "all" || zone === "front" || zone === "rear";
}
