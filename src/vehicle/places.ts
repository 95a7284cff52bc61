/** A destination that the car knows by name. */
export interface Place {
  /** What `nav.start` calls it. */
  readonly name: string;
  /** "to the airport", "home". */
  readonly to: string;
  /** How drivers say it. */
  readonly say: readonly string[];
  readonly latitude: number;
  readonly longitude: number;
}

/** The places a driver may name; made up, around one town. */
export const PLACES: readonly Place[] = [
  { name: "home", to: "home", say: ["home"], latitude: 48.1372, longitude: 11.5756 },
  { name: "work", to: "to work", say: ["work", "the office", "my office"], latitude: 48.1775, longitude: 11.5562 },
  { name: "airport", to: "to the airport", say: ["the airport"], latitude: 48.3538, longitude: 11.7861 },
  {
    name: "station",
    to: "to the station",
    say: ["the station", "the train station", "the central station"],
    latitude: 48.1402,
    longitude: 11.5586,
  },
  {
    name: "city centre",
    to: "to the city centre",
    say: ["the city centre", "the city center", "the center of town", "downtown"],
    latitude: 48.1371,
    longitude: 11.5761,
  },
  {
    name: "charging station at the museum",
    to: "to the charging station at the museum",
    say: ["the nearest charging station", "the nearest charger", "the charging station at the museum"],
    latitude: 48.1511,
    longitude: 11.5904,
  },
  {
    name: "charging station at the market",
    to: "to the charging station at the market",
    say: ["the charging station at the market"],
    latitude: 48.1351,
    longitude: 11.5763,
  },
  {
    name: "hospital",
    to: "to the hospital",
    say: ["the hospital", "the nearest hospital"],
    latitude: 48.1106,
    longitude: 11.4701,
  },
  {
    name: "supermarket",
    to: "to the supermarket",
    say: ["the supermarket", "the grocery store"],
    latitude: 48.1288,
    longitude: 11.5991,
  },
  { name: "school", to: "to the school", say: ["the school", "school"], latitude: 48.1203, longitude: 11.6022 },
  { name: "gym", to: "to the gym", say: ["the gym"], latitude: 48.1602, longitude: 11.5467 },
  { name: "stadium", to: "to the stadium", say: ["the stadium"], latitude: 48.2188, longitude: 11.6247 },
  { name: "lake", to: "to the lake", say: ["the lake"], latitude: 47.9982, longitude: 11.3412 },
];
