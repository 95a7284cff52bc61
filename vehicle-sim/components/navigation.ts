import { PLACES } from "../../src/vehicle/places.ts";
import { type Leaves, round } from "./leaf.ts";

/** A point on the globe, in degrees. */
export interface Position {
  readonly lat: number;
  readonly lon: number;
}

export interface Destination extends Position {
  readonly name: string;
}

export interface Route extends Destination {
  readonly remainingM: number;
}

export interface Navigation {
  readonly position: Position;
  readonly route: Route | undefined;
  /** Speed over the last minute or so, from which the time left is guessed. */
  readonly averageKmh: number;
}

const M_PER_DEGREE = 111_320;
/** Roads are longer than the crow flies. */
const DETOUR = 1.3;
const SLOWEST_GUESS_KMH = 30;
const SPEED_MEMORY_S = 60;
/** Beyond it a degree of longitude is too short to count with. */
const NORTHERNMOST_LAT = 80;

export function newNavigation(position: Position): Navigation {
  return { position, route: undefined, averageKmh: 40 };
}

/** The place of that name, as listed or as spoken, or undefined. Case and a leading "the" make no difference. */
export function findPlace(name: string): Destination | undefined {
  const wanted = plain(name);
  const found = PLACES.find((place) => [place.name, ...place.say].some((known) => plain(known) === wanted));
  return found && { name: found.name, lat: found.latitude, lon: found.longitude };
}

function plain(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, " ").replace(/^the /, "");
}

export function startGuidance(state: Navigation, { name, lat, lon }: Destination): Navigation {
  return { ...state, route: { name, lat, lon, remainingM: distanceM(state.position, { lat, lon }) * DETOUR } };
}

export function cancelGuidance(state: Navigation): Navigation {
  return { ...state, route: undefined };
}

/** Metres between two points, as the crow flies (the error is under 1 % for 100 km). */
export function distanceM(from: Position, to: Position): number {
  const north = (to.lat - from.lat) * M_PER_DEGREE;
  const east = shortWayRound(to.lon - from.lon) * M_PER_DEGREE * Math.cos((from.lat * Math.PI) / 180);
  return Math.hypot(north, east);
}

/** Degrees of longitude in [-180, 180). */
function shortWayRound(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

/** The car drives towards its destination when it has one, and northwards otherwise. */
export function stepNavigation(state: Navigation, dtS: number, speedKmh: number): Navigation {
  const averageKmh = state.averageKmh + ((speedKmh - state.averageKmh) / SPEED_MEMORY_S) * dtS;
  if (speedKmh === 0) return { ...state, averageKmh };
  const movedM = (speedKmh / 3.6) * dtS;
  const position = movedTowards(state.position, state.route, movedM / DETOUR);
  return { averageKmh, position, route: state.route && nearer(state.route, movedM) };
}

/** Undefined on arrival: guidance ends there. */
function nearer(route: Route, movedM: number): Route | undefined {
  return route.remainingM > movedM ? { ...route, remainingM: route.remainingM - movedM } : undefined;
}

function movedTowards(from: Position, to: Position | undefined, crowM: number): Position {
  if (to === undefined) return { ...from, lat: Math.min(NORTHERNMOST_LAT, from.lat + crowM / M_PER_DEGREE) };
  const leftM = distanceM(from, to);
  const share = leftM > crowM ? crowM / leftM : 1;
  const lon = shortWayRound(from.lon + shortWayRound(to.lon - from.lon) * share);
  return { lat: from.lat + (to.lat - from.lat) * share, lon };
}

/** How long the rest of the way takes at the recent pace, in seconds. */
export function remainingS({ route, averageKmh }: Navigation): number {
  return route === undefined ? 0 : route.remainingM / (Math.max(averageKmh, SLOWEST_GUESS_KMH) / 3.6);
}

export const NAVIGATION_LEAVES: Leaves<Navigation> = {
  "Vehicle.CurrentLocation.Latitude": {
    read: ({ position }) => round(position.lat, 6),
    place: (state, value) => ({ ...state, position: { ...state.position, lat: Number(value) } }),
  },
  "Vehicle.CurrentLocation.Longitude": {
    read: ({ position }) => round(position.lon, 6),
    place: (state, value) => ({ ...state, position: { ...state.position, lon: Number(value) } }),
  },
  "Vehicle.Cabin.Infotainment.Navigation.DestinationSet.Latitude": { read: ({ route }) => round(route?.lat ?? 0, 6) },
  "Vehicle.Cabin.Infotainment.Navigation.DestinationSet.Longitude": { read: ({ route }) => round(route?.lon ?? 0, 6) },
  "Vehicle.Private.Navigation.IsGuidanceActive": { read: ({ route }) => route !== undefined },
  "Vehicle.Private.Navigation.DestinationName": { read: ({ route }) => route?.name ?? "" },
  "Vehicle.Private.Navigation.RemainingDistance": { read: ({ route }) => Math.round(route?.remainingM ?? 0) },
  "Vehicle.Private.Navigation.RemainingTime": { read: (state) => Math.round(remainingS(state)) },
};
